import { PRODUCT_VERSION } from '@consilium/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { stoppedOf } from '../agent/site-stop.js';
import { toldError } from '../told-error.js';
import { CONSOLE_PARTS, type ConsoleParts } from './console-parts.js';
import { LedgerIndex, type LedgerLine } from './ledger-index.js';

const leaves = ({ event, parts }: LedgerLine): boolean => (event === 'contributions' && parts > 0) || event === 'sent-again';

const sentOf = (lines: readonly LedgerLine[]) => ({ records: lines.length, parts: lines.reduce((sum, { parts }) => sum + parts, 0), bytes: lines.reduce((sum, { bytes }) => sum + bytes, 0) });

/** The site at a glance: is all well, what waits, what left. */
@Injectable()
export class StateOfSite {
  constructor(
    @Inject(CONSOLE_PARTS) private readonly parts: ConsoleParts,
    @Inject(LedgerIndex) private readonly ledger: LedgerIndex,
  ) {}

  /** `since`: ISO 8601, the beginning of the reader's day. */
  async read(since: string) {
    const { site, records } = this.parts;
    const lines = await this.ledger.lines();
    const sent = lines.filter(leaves);
    const last = sent.at(-1);
    return {
      site: site.enrolment.site,
      coordinator: site.enrolment.url,
      version: PRODUCT_VERSION,
      fingerprint: site.identity.fingerprint.words,
      now: new Date(this.parts.runtime.clock.now()).toISOString(),
      connection: this.connection(),
      stopped: stoppedOf(site.folder) ?? null,
      plans: this.waitingPlans(),
      runs: this.runs(),
      today: sentOf(sent.filter(({ at }) => at >= since)),
      last: last ? { sequence: last.sequence, at: last.at, bytes: last.bytes, parts: last.parts, steps: last.steps } : null,
      ledger: { records: records.ledger.records },
      unsettled: records.outbox.unsettled().length,
    };
  }

  private connection() {
    const { state, changedAt } = this.parts.connection;
    const trouble = state.state === 'waiting' || state.state === 'refused' ? { code: state.error.code, sentence: state.error.message, help: toldError(state.error) } : null;
    return { state: state.state, since: new Date(changedAt).toISOString(), trouble };
  }

  private waitingPlans() {
    const { plans, approvals } = this.parts.records;
    const waiting = plans.list().filter(({ digest }) => approvals.of(digest) === undefined);
    return waiting.map(({ digest, study, receivedAt, plan }) => ({ digest, study, title: plan.title, version: plan.version, receivedAt }));
  }

  private runs() {
    const { plans, runs } = this.parts.records;
    const going = runs.all().filter(({ state }) => state === 'open' || state === 'paused');
    return going.map(({ run, plan, state }) => ({ run, plan, state, title: plans.find(plan)?.plan.title ?? null, study: plans.find(plan)?.study ?? null }));
  }
}
