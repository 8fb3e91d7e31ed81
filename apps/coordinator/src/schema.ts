import { Artefact } from './artefacts/artefact.entity.js';
import { AuditEntry } from './audit/audit-entry.entity.js';
import { FirstTables1763880000000 } from './migrations/1763880000000-first-tables.js';
import { KeySuccession1763900000000 } from './migrations/1763900000000-key-succession.js';
import { RoundArrivals1763890000000 } from './migrations/1763890000000-round-arrivals.js';
import { AccessToken } from './people/access-token.entity.js';
import { Account } from './people/account.entity.js';
import { PlanDecision } from './plans/plan-decision.entity.js';
import { Plan } from './plans/plan.entity.js';
import { Round } from './rounds/round.entity.js';
import { RunSiteSet } from './runs/run-site-set.entity.js';
import { Run } from './runs/run.entity.js';
import { Invite } from './sites/invite.entity.js';
import { KeySuccession } from './sites/key-succession.entity.js';
import { Site } from './sites/site.entity.js';
import { Study, StudySite } from './studies/study.entity.js';

export const entities = [Account, AccessToken, AuditEntry, Site, KeySuccession, Invite, Study, StudySite, Plan, PlanDecision, Run, RunSiteSet, Round, Artefact];
export const migrations = [FirstTables1763880000000, RoundArrivals1763890000000, KeySuccession1763900000000];
