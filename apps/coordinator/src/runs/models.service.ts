import { coordinatorErrors, ConsiliumError, modelStatement } from '@consilium/protocol';
import type { Identity } from '@consilium/secure-channel';
import { modelFileDigest, modelFileText, modelOfResults } from '@consilium/study';
import type { ArtefactRegistry } from '../artefacts/artefact-registry.js';
import type { PlansService } from '../plans/plans.service.js';
import type { RunHistory } from './run-history.js';
import type { RunsService } from './runs.service.js';

export interface ModelSources {
  readonly runs: RunsService;
  readonly plans: PlansService;
  readonly artefacts: ArtefactRegistry;
  readonly history: RunHistory;
  readonly identity: Identity;
}

/** Models of closed runs as files that the centre has signed: sites predict by no others. */
export class ModelsService {
  constructor(private readonly sources: ModelSources) {}

  /** The text of a model file. The same run and model give the same bytes. Where contributions of the run show signs, somebody has looked at them first. */
  async signed(run: string, name: string, { signsSeen = false }: { readonly signsSeen?: boolean } = {}): Promise<string> {
    const { runs, plans, artefacts, identity, history } = this.sources;
    const { id, state, plan, results } = await runs.find(run);
    if (results === null) throw new ConsiliumError(coordinatorErrors.stateForbids, `Run ${id} is ${state} and has no results yet.`);
    const { signs } = await history.signs(id);
    if (signs.length > 0 && !signsSeen) {
      const sites = [...new Set(signs.flatMap((sign) => sign.sites))].sort();
      throw new ConsiliumError(coordinatorErrors.signsUnseen, `What ${sites.join(', ')} sent shows signs that people have to look at first. No model was given out.`);
    }
    const text = Buffer.from(await artefacts.store.get(results)).toString('utf8');
    const content = modelOfResults(text, (await plans.find(plan)).text, name);
    if ('refusal' in content) throw new ConsiliumError(coordinatorErrors.notFound, content.refusal);
    const { purpose, message } = modelStatement(modelFileDigest(content));
    return modelFileText({ content, signature: { publicKey: identity.publicKey, signature: identity.signText(purpose, message) } });
  }
}
