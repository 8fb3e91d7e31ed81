import { disclosureLimits, type Federation, federatedCorrelation, federatedMoments, federatedSiteDiscrimination, type SiteDiscriminations } from '@consilium/federation';
import { modelFeatures } from '@consilium/learning';
import { sequenceModel, SIGNATURE } from '../../plan/pipeline-schema.js';
import type { AnalysisPlan } from '../../plan/plan-schema.js';
import { figureOf } from '../figure-of.js';
import { type Figure, isSuppressed, type StageResults } from '../run-results.js';
import { rowsOf, sitesOf, viewOf } from '../views.js';
import { type PipelineFigures, pipelineFigures } from './pipeline-figures.js';
import type { PipelineTraining } from './pipeline-training.js';
import { foldSignatures, permutationOf, permutationTests, repeatOf, type Repeat, signatureOf, spreads, stability, trainRepeats } from './repeated.js';

/** What the pipeline chose and why, its models' figures on training patients, and how stable both are. */
export async function pipelineStage(federation: Federation, plan: AnalysisPlan, training: PipelineTraining): Promise<StageResults> {
  const rows = rowsOf(plan, 'training');
  const { repeats, permute } = plan.pipeline!;
  const own = sitesOf(federation, rows);
  const [figures, volume] = (await own.inParallel<unknown>([
    (branch) => pipelineFigures(branch, plan, training),
    (branch) => figureOf(() => volumeCorrelations(branch, plan, training)),
  ])) as [PipelineFigures, Figure<VolumeCorrelations | null>];
  const again = await trainRepeats(own, Array.from({ length: repeats - 1 }, (_, r) => repeatOf(plan, r + 2)), rows);
  const permuted = await trainRepeats(own, Array.from({ length: permute }, (_, i) => permutationOf(plan, i + 1)), rows);
  return {
    ...choices(plan, training),
    missingValues: filledValues(training),
    figures,
    volume,
    stability: stability([foldSignatures(plan, training), ...again.map(({ signatures }) => signatures)].flat(), signatureOf(plan, training, [])),
    repeats: { count: repeats, models: spreads(training.names, [figures, ...again.map((one) => one.figures)]) },
    permutation: permute === 0 ? null : permutation(training, figures, permuted),
  };
}

/** What stands for missing values of the columns that the models read, as all training rows say: a new patient's are filled with it. */
function filledValues(training: PipelineTraining): StageResults {
  const read = new Set(training.names.flatMap((name) => {
    const model = training.model(name);
    return isSuppressed(model) ? [] : modelFeatures(model.artefact);
  }));
  const filled = Object.entries(training.missing.fill).filter(([column]) => read.has(column));
  return { filled: filled.map(([column, value]) => ({ column, value })).sort((a, b) => (a.column < b.column ? -1 : 1)) };
}

const permutation = (training: PipelineTraining, figures: PipelineFigures, permuted: readonly Repeat[]): StageResults => ({
  count: permuted.length,
  models: permutationTests(training.names, figures, permuted.map((one) => one.figures)),
});

/** The selection path: sequences with their candidates, the fusion, the clinical variables. */
function choices(plan: AnalysisPlan, training: PipelineTraining): StageResults {
  const { sequences, fusion } = training.choices();
  const clinical = training.clinicalSelection();
  const fused = training.fusionFits().selection;
  return {
    sequences: sequences.map(({ sequence, kept, discriminates, reason, lowerBound, candidates, chosen }) => {
      const { selection } = training.sequenceFits(sequence);
      return { sequence, model: sequenceModel(sequence), kept, discriminates, reason, lowerBound, candidates, chosen: chosen?.kind ?? null, selection: isSuppressed(selection) ? selection : selection.trace };
    }),
    signature: { model: SIGNATURE, candidates: fusion.candidates, chosen: fusion.chosen?.kind ?? null, selection: isSuppressed(fused) ? fused : fused.trace },
    clinical,
    models: training.names.map((name) => {
      const model = training.model(name);
      if (isSuppressed(model)) return { name, ...model };
      const { artefact, digest, results } = model;
      return { name, kind: artefact.kind, ...results, optimistic: name === 'combined-in-sample', artefact: { sha256: digest, model: artefact } };
    }),
  };
}

interface VolumeCorrelations {
  readonly column: string;
  readonly features: readonly { readonly feature: string; readonly r: number }[];
}

/** How well the features of the Rad-Signature, as the models see them, tell which site a training patient is of; null where it has none. */
export async function signatureSites(federation: Federation, plan: AnalysisPlan, training: PipelineTraining): Promise<SiteDiscriminations | null> {
  const { selection } = training.fusionFits();
  const rows = rowsOf(plan, 'training');
  if (isSuppressed(selection) || selection.selected.length === 0) return null;
  const view = viewOf(plan, { rows: rows.conditions, features: selection.selected, fill: training.missing.fill, harmonise: training.harmonisation?.spec });
  return federatedSiteDiscrimination(sitesOf(federation, rows), view, disclosureLimits[plan.disclosure].minimumCell);
}

/** Pearson's r of each feature of the Rad-Signature with the tumour volume, on training patients. */
async function volumeCorrelations(federation: Federation, plan: AnalysisPlan, training: PipelineTraining): Promise<VolumeCorrelations | null> {
  const { volume } = plan.pipeline!;
  const { selection } = training.fusionFits();
  if (volume === null || isSuppressed(selection) || selection.selected.length === 0) return null;
  const features = [...selection.selected.filter((name) => name !== volume), volume];
  const view = viewOf(plan, { rows: rowsOf(plan, 'training').conditions, features, fill: training.missing.fill, harmonise: training.harmonisation?.spec });
  const matrix = await federatedCorrelation(federation, view, await federatedMoments(federation, view));
  const p = features.length;
  return { column: volume, features: selection.selected.map((feature) => ({ feature, r: matrix[features.indexOf(feature) * p + p - 1]! })) };
}
