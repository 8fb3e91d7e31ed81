import { coefficientTable, comparisonTable, evaluated, isFigure, modelForest, pipelineForest, reclassificationTable, settingsTable, trainedModels, validationsOf, preferred } from '@consilium/charts';
import { Choice, FindingFrame } from '@consilium/interface';
import { ResultPage, type ResultState } from './result-page.js';
import { TableOrReason } from './table-or-reason.js';

const validationOf = ({ context, search }: ResultState): string => {
  const all = validationsOf(context);
  const most = [...all].sort((a, b) => (evaluated(context)?.rows[b.id] ? 1 : 0) - (evaluated(context)?.rows[a.id] ? 1 : 0))[0];
  return all.find(({ id }) => id === search.validation)?.id ?? most?.id ?? preferred(context)?.validation ?? 'test';
};

export function Models() {
  return (
    <ResultPage
      title="Which model is better?"
      answer={(state) => {
        const finding = modelForest(state.context, validationOf(state));
        return isFigure(finding) ? finding.figure.answer : finding.absent;
      }}
      controls={(state) => <Choice label="Validated" value={validationOf(state)} options={validationsOf(state.context).map(({ id, label }) => ({ value: id, label }))} onChange={(validation) => state.change({ validation })} />}
    >
      {(state) => (
        <>
          <FindingFrame title="Pooled AUC of each model" finding={modelForest(state.context, validationOf(state))} number={1} {...state.frame} />
          <TableOrReason title="Differences between models" table={comparisonTable(state.context, validationOf(state))} />
          <TableOrReason title="Reclassification" table={reclassificationTable(state.context, validationOf(state))} />
          {state.context.results.stages.pipeline !== undefined && <FindingFrame title="Models of the pipeline on training patients" finding={pipelineForest(state.context)} number={2} {...state.frame} />}
          <TableOrReason title="Settings of the models" table={settingsTable(state.context)} />
          {trainedModels(state.context).map(({ name }) => (
            <TableOrReason key={name} title={`Coefficients of ${name}`} table={coefficientTable(state.context, name)} />
          ))}
        </>
      )}
    </ResultPage>
  );
}
