import { coordinatorErrors, ConsiliumError, modelStatement } from '@consilium/protocol';
import type { Identity } from '@consilium/secure-channel';
import { modelFileDigest, modelFileText, modelOfResults } from '@consilium/study';
import type { ArtefactRegistry } from '../artefacts/artefact-registry.js';
import type { PlansService } from '../plans/plans.service.js';
import type { AuditRecord } from '../audit/audit-record.js';
import type { RunHistory } from './run-history.js';
import type { RunsService } from './runs.service.js';
import type { TrainingWithdrawals } from './training-withdrawals.js';

export interface SignedOptions {
  /** Somebody looked at the signs. */
  readonly signsSeen?: boolean;
  /** Who wants the model although patients of its training withdrew. */
  readonly withdrawalsSeen?: string | null;
}

export interface ModelSources {
  readonly runs: RunsService;
  readonly plans: PlansService;
  readonly artefacts: ArtefactRegistry;
  readonly history: RunHistory;
  readonly identity: Identity;
  readonly withdrawals: TrainingWithdrawals;
  readonly audit: AuditRecord;
}

/** Models of closed runs as files that the centre has signed: sites predict by no others. */
export class ModelsService {
  constructor(private readonly sources: ModelSources) {}

  /** The text of a model file. The same run and model give the same bytes. Where contributions of the run show signs, somebody has looked at them first. */
  async signed(run: string, name: string, { signsSeen = false, withdrawalsSeen = null }: SignedOptions = {}): Promise<string> {
    const { runs, plans, artefacts, identity, history } = this.sources;
    const { id, state, plan, results } = await runs.find(run);
    if (results === null) throw new ConsiliumError(coordinatorErrors.stateForbids, `Run ${id} is ${state} and has no results yet.`);
    const { signs } = await history.signs(id);
    if (signs.length > 0 && !signsSeen) {
      const sites = [...new Set(signs.flatMap((sign) => sign.sites))].sort();
      throw new ConsiliumError(coordinatorErrors.signsUnseen, `What ${sites.join(', ')} sent shows signs that people have to look at first. No model was given out.`);
    }
    await this.lookAtWithdrawals(id, name, withdrawalsSeen);
    const text = Buffer.from(await artefacts.store.get(results)).toString('utf8');
    const content = modelOfResults(text, (await plans.find(plan)).text, name);
    if ('refusal' in content) throw new ConsiliumError(coordinatorErrors.notFound, content.refusal);
    const { purpose, message } = modelStatement(modelFileDigest(content));
    return modelFileText({ content, signature: { publicKey: identity.publicKey, signature: identity.signText(purpose, message) } });
  }

  /** A model that rests on patients who withdrew is given out only on purpose, and the audit record says to whom. */
  private async lookAtWithdrawals(run: string, model: string, seenBy: string | null): Promise<void> {
    const withdrawn = await this.sources.withdrawals.of(run);
    if (withdrawn.length === 0) return;
    if (seenBy === null) {
      throw new ConsiliumError(coordinatorErrors.withdrawalsUnseen, `Patients of ${withdrawn.map(({ site }) => site).join(', ')} withdrew consent after this run trained on them. No model was given out.`);
    }
    await this.sources.audit.addAlone({ actor: seenBy, action: 'model given out though patients withdrew', subject: run, detail: { model } });
  }
}
