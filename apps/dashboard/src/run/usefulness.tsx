import { isFigure, netBenefitTable, say, thresholdsOf, validationConfusion, validationDecisionCurve, validationForest } from '@consilium/charts';
import { Choice, Empty } from '@consilium/interface';
import { useQuery } from '@tanstack/react-query';
import { planOf } from '../plan-summary.js';
import { ask } from '../queries.js';
import { Exhibits, type Exhibit } from './exhibits.js';
import { NOTHING_VALIDATED, ResultPage, selectionOf, SelectionControls, type ResultState } from './result-page.js';

const thresholdOf = (state: ResultState, model: string): number => {
  const own = thresholdsOf(state.context, model);
  return own.find(({ value }) => value === state.search.threshold)?.value ?? own[0]?.value ?? 0.5;
};

export function Usefulness() {
  return (
    <ResultPage
      title="Is it useful?"
      answer={(state) => {
        const selection = selectionOf(state);
        if (selection === null) return NOTHING_VALIDATED;
        // Hospitals left out are not pooled: their net benefits at the threshold say more.
        const finding = selection.validation === 'leave-one-site-out' ? validationForest(state.context, selection, { measure: 'net-benefit', threshold: thresholdOf(state, selection.model) }) : validationDecisionCurve(state.context, selection, []);
        return isFigure(finding) ? finding.figure.answer : finding.absent;
      }}
      controls={(state) => <Controls state={state} />}
    >
      {(state) => <Figures state={state} />}
    </ResultPage>
  );
}

function Controls({ state }: { readonly state: ResultState }) {
  const selection = selectionOf(state);
  const own = selection === null ? [] : thresholdsOf(state.context, selection.model);
  return (
    <SelectionControls state={state}>
      {selection !== null && own.length > 0 && (
        <Choice label="Threshold" value={String(thresholdOf(state, selection.model))} options={own.map(({ kind, value }) => ({ value: String(value), label: `${say.number(value, 'auc')}, ${kind === 'fixed' ? 'fixed in the plan' : 'by Youden on training rows'}` }))} onChange={(value) => state.change({ threshold: Number(value) })} />
      )}
    </SelectionControls>
  );
}

function Figures({ state }: { readonly state: ResultState }) {
  const { data: plan } = useQuery(ask.plan(state.run.plan));
  const selection = selectionOf(state);
  if (selection === null) return <Empty>{NOTHING_VALIDATED}</Empty>;
  const declared = plan === undefined ? [] : planOf(plan.text).evaluate.decisionThresholds;
  const threshold = thresholdOf(state, selection.model);
  const items: Exhibit[] = [
    { title: 'Net benefit by decision threshold', finding: validationDecisionCurve(state.context, selection, declared) },
    { title: 'Right and wrong at the threshold', finding: validationConfusion(state.context, selection, threshold) },
    { title: 'Net benefit at each hospital', finding: validationForest(state.context, selection, { measure: 'net-benefit', threshold }) },
    { title: 'Intervals of net benefit', table: netBenefitTable(state.context, selection) },
  ];
  return <Exhibits items={items} frame={state.frame} />;
}
