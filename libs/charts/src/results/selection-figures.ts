import type { Finding } from '../figure.js';
import { funnelFigure } from '../figures/funnel.js';
import { lassoFigure } from '../figures/lasso.js';
import { count, plain, plural } from '../numbers.js';
import { isValue, whyNot, type SelectResult } from './results-file.js';
import { factsOf, trainedModels, type RunContext } from './run-context.js';

function selectionOf({ results }: RunContext): SelectResult | string {
  const { select } = results.stages;
  if (!isValue(select)) return select === undefined ? "Selection is not in this run's plan." : `The selection has no result. ${whyNot(select)!.reason}`;
  return select.selected === null || select.candidates === undefined ? "Selection is not in this run's plan." : select;
}

const facts = (context: RunContext) => {
  const trained = trainedModels(context).find(({ n }) => n !== undefined);
  return factsOf(context, { sites: context.results.sites.length, patients: trained?.n ?? null, events: trained?.events ?? null, suppressed: 0 });
};

export function selectionFunnel(context: RunContext): Finding {
  const select = selectionOf(context);
  if (typeof select === 'string') return { absent: select };
  const usable = select.candidates! - (select.droppedForMissingValues?.length ?? 0) - (select.constant?.length ?? 0);
  const steps = [
    { step: 'Candidates', features: select.candidates! },
    ...(usable === select.candidates ? [] : [{ step: 'With values and spread', features: usable }]),
    ...(select.test ? [{ step: `t test, p < ${plain(select.test.alpha)}`, features: select.test.kept }] : []),
    ...(select.correlation ? [{ step: `|r| ≤ ${plain(select.correlation.threshold)}`, features: select.correlation.kept }] : []),
    ...(select.lasso ? [{ step: 'LASSO', features: select.selected!.length }] : []),
  ];
  const answer = `From ${plural(select.candidates!, 'feature')}, ${count(select.selected!.length)} ${select.selected!.length === 1 ? 'was' : 'were'} kept, looking at training rows only.`;
  return { figure: funnelFigure({ rows: [{ label: 'All features', steps }], answer, facts: facts(context) }) };
}

export function selectionLasso(context: RunContext): Finding {
  const select = selectionOf(context);
  if (typeof select === 'string') return { absent: select };
  if (!select.lasso) return { absent: "The LASSO is not in this run's plan." };
  const { path, lambdaMin, lambda1se, choose } = select.lasso;
  const kept = (coefficients: number | readonly number[]): number => (typeof coefficients === 'number' ? coefficients : coefficients.filter((value) => value !== 0).length);
  const chosen = choose === '1se' ? '1se' : 'min';
  const answer = `The penalty with the least cross-validated error is ${plain(lambdaMin)}, the strongest within one standard error ${plain(lambda1se)}; the plan takes the ${chosen === 'min' ? 'first' : 'second'}.`;
  return {
    figure: lassoFigure({
      errors: path.map(({ lambda, meanError, standardError, coefficients }) => ({ lambda, meanError, standardError, kept: kept(coefficients) })),
      paths: null,
      lambdaMin,
      lambdaOneSe: lambda1se,
      chosen,
      answer,
      facts: facts(context),
    }),
  };
}
