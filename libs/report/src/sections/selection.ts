import { agreementTable, droppedTable, featureKinds, harmonisation, intensityTable, isFigure, keptFeatures, leftOutChoicesTable, optimismTable, pipelineForest, planSteps, repeatsTable, selectionFunnel, selectionLasso, selectionsOf, sequenceTable, siteDiscriminationTable, stabilityTable, volumeFigure, type RunContext } from '@consilium/charts';
import type { ReportPlan } from '../plan-view.js';
import { figure, heading, table, type Block, type Section } from '../blocks.js';

export function selectionSection(context: RunContext, plan: ReportPlan | null): Section {
  const funnel = selectionFunnel(context);
  const parts = selectionsOf(context).map(({ part }) => part);
  const own: Block[] = parts.length === 0 ? [figure('LASSO', selectionLasso(context))] : parts.flatMap((part) => [figure(part === '' ? 'LASSO' : `LASSO of ${part}`, selectionLasso(context, part)), table('Features that were kept', keptFeatures(context, part)), table('Agreement of readings', agreementTable(context, part)), table('Why features went', droppedTable(context, part))]);
  return {
    id: 'selection',
    title: 'How were the features selected?',
    answer: isFigure(funnel) ? funnel.figure.answer : funnel.absent,
    blocks: [
      figure('Features left after each step', funnel),
      ...own,
      figure('Kept features by class', featureKinds(context)),
      heading('Harmonisation'),
      figure('Before and after harmonisation', harmonisation(context)),
      table('Intensities before and after', intensityTable(context)),
      table('Hospital told by the selected features', siteDiscriminationTable(context)),
      ...(plan === null ? [] : [heading('The whole analysis'), figure('Steps of the analysis', planSteps(context, plan))]),
      ...(context.results.stages.pipeline === undefined ? [] : pipelineBlocks(context)),
    ],
  };
}

const pipelineBlocks = (context: RunContext): Block[] => [
  heading('The pipeline'),
  table('Sequences', sequenceTable(context)),
  figure('Models on training patients', pipelineForest(context)),
  table('Optimism', optimismTable(context)),
  table('Repeats and permutations', repeatsTable(context)),
  table('Stability of the selection', stabilityTable(context)),
  table('Choices without each hospital', leftOutChoicesTable(context)),
  figure('Selected features and tumour volume', volumeFigure(context)),
];
