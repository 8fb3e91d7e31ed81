import { harmonisation, isFigure, keptFeatures, pipelineForest, selectionFunnel, selectionLasso, selectionsOf, sequenceTable, volumeFigure, type RunContext } from '@consilium/charts';
import { figure, heading, table, type Block, type Section } from '../blocks.js';

export function selectionSection(context: RunContext): Section {
  const funnel = selectionFunnel(context);
  const parts = selectionsOf(context).map(({ part }) => part);
  const own: Block[] = parts.length === 0 ? [figure('LASSO', selectionLasso(context))] : parts.flatMap((part) => [figure(part === '' ? 'LASSO' : `LASSO of ${part}`, selectionLasso(context, part)), table('Features that were kept', keptFeatures(context, part))]);
  return {
    id: 'selection',
    title: 'How were the features selected?',
    answer: isFigure(funnel) ? funnel.figure.answer : funnel.absent,
    blocks: [
      figure('Features left after each step', funnel),
      ...own,
      heading('Harmonisation'),
      figure('Before and after harmonisation', harmonisation(context)),
      ...(context.results.stages.pipeline === undefined ? [] : [heading('The pipeline'), table('Sequences', sequenceTable(context)), figure('Models on training patients', pipelineForest(context)), figure('Selected features and tumour volume', volumeFigure(context))]),
    ],
  };
}
