import type { Federation } from '@consilium/federation';
import type { AnalysisPlan } from '../../plan/plan-schema.js';
import { type Figure, isSuppressed } from '../run-results.js';
import { foldCount, type Rows } from '../views.js';
import { type PipelineFigures, pipelineFigures } from './pipeline-figures.js';
import { PipelineTraining } from './pipeline-training.js';

/** A pipeline trained once more, with other folds or permuted outcomes. */
export interface Repeat {
  readonly figures: PipelineFigures;
  /** Features of the Rad-Signature without each fold, and of each sequence's selection. */
  readonly signatures: readonly Signature[];
}

export interface Signature {
  readonly signature: readonly string[];
  readonly sequences: readonly string[];
}

/** Trainings that advance together; more wait, so that the memory of a run does not grow with their number. */
const TOGETHER = 10;

/** The plan with its folds dealt anew. */
export const repeatOf = (plan: AnalysisPlan, repeat: number): AnalysisPlan => ({ ...plan, seed: `${plan.seed}/repeat-${repeat}` });

/** The plan with training outcomes permuted at every site. */
export const permutationOf = (plan: AnalysisPlan, number: number): AnalysisPlan => ({ ...plan, permutation: `${plan.seed}/permutation-${number}` });

export async function trainRepeats(federation: Federation, plans: readonly AnalysisPlan[], rows: Rows): Promise<Repeat[]> {
  const done: Repeat[] = [];
  for (let from = 0; from < plans.length; from += TOGETHER) {
    const some = plans.slice(from, from + TOGETHER);
    federation.progress(from, plans.length, `Pipeline trained again: ${from} of ${plans.length}`);
    done.push(
      ...(await federation.inParallel(
        some.map((plan) => async (branch: Federation) => {
          const training = await PipelineTraining.run(branch, plan, rows);
          return { figures: await pipelineFigures(branch, plan, training), signatures: foldSignatures(plan, training) };
        }),
      )),
    );
  }
  return done;
}

/** What was selected without each fold. */
export const foldSignatures = (plan: AnalysisPlan, training: PipelineTraining): Signature[] => Array.from({ length: foldCount(plan) }, (_, k) => signatureOf(plan, training, [k]));

export function signatureOf(plan: AnalysisPlan, training: PipelineTraining, without: readonly number[]): Signature {
  const selected = (selection: ReturnType<PipelineTraining['fusionFits']>['selection']): readonly string[] => (isSuppressed(selection) ? [] : selection.selected);
  return { signature: selected(training.fusionFits(without).selection), sequences: plan.pipeline!.sequences.flatMap(({ name }) => selected(training.sequenceFits(name, without).selection)) };
}

export interface Spread {
  readonly model: string;
  readonly mean: number | null;
  readonly sd: number | null;
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly values: readonly (number | null)[];
}

const aucOf = ({ models }: PipelineFigures, name: string): number | null => {
  const figure: Figure<{ readonly auc: number | null }> | undefined = models.find(({ model }) => model === name)?.crossValidated;
  return figure === undefined || isSuppressed(figure) ? null : figure.auc;
};

/** Nested cross-validated AUC of each model over repeats. */
export function spreads(names: readonly string[], figures: readonly PipelineFigures[]): Spread[] {
  return names.map((model) => {
    const values = figures.map((one) => aucOf(one, model));
    const known = values.filter((value) => value !== null);
    if (known.length === 0) return { model, mean: null, sd: null, minimum: null, maximum: null, values };
    const mean = known.reduce((sum, x) => sum + x, 0) / known.length;
    const sd = known.length > 1 ? Math.sqrt(known.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (known.length - 1)) : null;
    return { model, mean, sd, minimum: Math.min(...known), maximum: Math.max(...known), values };
  });
}

/**
 * Permutation p-value of each model's nested cross-validated AUC: (1 + permutations with an AUC as large) / (1 + permutations), one-sided
 * (Phipson and Smyth 2010). A permutation without a figure counts as as large.
 */
export function permutationTests(names: readonly string[], observed: PipelineFigures, permuted: readonly PipelineFigures[]) {
  return spreads(names, permuted).map((spread) => {
    const own = aucOf(observed, spread.model);
    const asLarge = spread.values.filter((value) => value === null || own === null || value >= own).length;
    return { ...spread, observed: own, p: own === null ? null : (1 + asLarge) / (1 + permuted.length) };
  });
}

/** Of every feature that was selected anywhere, how often. */
export function stability(signatures: readonly Signature[], whole: Signature) {
  const count = (lists: readonly (readonly string[])[]) => {
    const counts = new Map<string, number>();
    for (const list of lists) for (const name of list) counts.set(name, (counts.get(name) ?? 0) + 1);
    return counts;
  };
  const inSequence = count(signatures.map(({ sequences }) => sequences));
  const inSignature = count(signatures.map(({ signature }) => signature));
  const names = [...new Set([...whole.signature, ...whole.sequences, ...inSignature.keys(), ...inSequence.keys()])];
  const share = (counts: ReadonlyMap<string, number>, name: string) => (signatures.length === 0 ? null : (counts.get(name) ?? 0) / signatures.length);
  return names
    .map((feature) => ({ feature, selected: whole.signature.includes(feature), inSignature: share(inSignature, feature), inSequence: share(inSequence, feature) }))
    .sort((a, b) => (b.inSignature ?? 0) - (a.inSignature ?? 0) || (b.inSequence ?? 0) - (a.inSequence ?? 0) || (a.feature < b.feature ? -1 : 1));
}

