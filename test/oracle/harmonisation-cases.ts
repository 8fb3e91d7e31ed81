import { expected, tolerances, type DataSet, type Json } from './reference.js';
import { ask, part, type OracleCase } from './oracle-case.js';

const models = ['p_clin', 'p_rad', 'p_comb'] as const;

/** ComBat against sva, reclassification against Hmisc, tenths of patients against hoslem.test. */
export function harmonisationCases(dataSet: DataSet): OracleCase[] {
  return [combat(dataSet), combatWithoutCovariates(dataSet), ...['test', 'all'].map((rows) => reclassification(dataSet, rows)), ...['test', 'all', 'train'].map((rows) => tenths(dataSet, rows))];
}

/** The standardisation that sites share; effects of batches stay at the sites, and are compared where these are. */
function combat(dataSet: DataSet): OracleCase {
  const want = expected(dataSet, 'combat');
  return {
    name: 'ComBat with covariates',
    spreads: ['own'],
    ask: ask('combat', { outcome: 'y', features: want.features, covariates: ['y', 'age'] }),
    check(compare, { artefact: got, before, after, patients }) {
      const p = want.features.length;
      compare.same('features', got.features, want.features);
      compare.same('patients', patients, before.sites.reduce((sum: number, site: Json) => sum + site.patients, 0));
      want.features.forEach((_: string, j: number) => {
        const beta = [0, 1].map((c) => (got.coefficients[c * p + j] * got.sd[j]) / got.covariateSd[c]);
        compare.near(`effect of age[${j}]`, beta[1]! / got.sd[j], want.beta_y_age[1][j] / got.sd[j], tolerances.combat);
        compare.near(`effect of the outcome[${j}]`, beta[0]! / got.sd[j], want.beta_y_age[0][j] / got.sd[j], tolerances.combat);
        compare.near(`pooled variance[${j}]`, got.variance[j], want.var_pooled[j] / got.sd[j] ** 2, tolerances.combat);
        const grand = got.mean[j] + got.sd[j] * got.grandMean[j] - beta[0]! * got.covariateMean[0] - beta[1]! * got.covariateMean[1];
        // The reference keeps eight digits of a standard deviation of features near 10^6.
        compare.near(`grand mean[${j}]`, grand / got.sd[j], want.grand_mean[j] / got.sd[j], { absolute: 3e-8 });
      });
      // Of single features a little may remain or come: what the covariates explain is kept, and the event rate differs between sites.
      const explained = ({ varianceExplainedBySite }: Json): number => varianceExplainedBySite.reduce((sum: number, r2: number) => sum + r2, 0);
      compare.same('less is explained by the site', explained(after) < 0.5 * explained(before), true);
    },
  };
}

/** Without covariates and without empirical Bayes every batch has the grand mean and its share of the pooled variance afterwards. */
function combatWithoutCovariates(dataSet: DataSet): OracleCase {
  const want = expected(dataSet, 'combat');
  return {
    name: 'ComBat without covariates and without empirical Bayes',
    spreads: ['own'],
    ask: ask('combat', { outcome: 'y', features: want.features, empiricalBayes: false }),
    check(compare, { artefact: got, after }) {
      for (const { mean, sd } of after.sites) {
        want.features.forEach((_: string, j: number) => {
          compare.near(`mean[${j}]`, (mean[j] - got.mean[j]) / got.sd[j], got.grandMean[j], tolerances.combat);
          compare.near(`sd[${j}]`, sd[j] / got.sd[j], Math.sqrt(got.variance[j]), tolerances.combat);
        });
      }
    },
  };
}

function reclassification(dataSet: DataSet, rows: string): OracleCase {
  const want = expected(dataSet, 'dca_nri')[`nri_${rows}`];
  return {
    name: `reclassification, ${rows} rows`,
    ask: ask('reclassification', { outcome: 'y', features: [...models], ...part(rows) }),
    check(compare, got) {
      for (const reference of want) {
        const one = got.find(({ before, after }: Json) => before === reference.old && after === reference.new);
        compare.near('continuous NRI', one.continuousNri.estimate, reference.cfnri, tolerances.netBenefit);
        compare.near('its part among events', one.continuousNri.events, reference.cfnri_event, tolerances.netBenefit);
        compare.near('its standard error', one.continuousNri.standardError, reference.cfnri_se, tolerances.reclassificationError);
        compare.near('its p', one.continuousNri.p, reference.cfnri_p, tolerances.reclassificationError);
        compare.near('category NRI', one.categoryNri.estimate, reference.cat_nri, tolerances.netBenefit);
        compare.near('IDI', one.idi.estimate, reference.idi, tolerances.netBenefit);
        compare.near('its standard error', one.idi.standardError, reference.idi_se, tolerances.reclassificationError);
        compare.near('its p', one.idi.p, reference.idi_p, tolerances.reclassificationError);
      }
    },
  };
}

function tenths(dataSet: DataSet, rows: string): OracleCase {
  const want = expected(dataSet, 'calibration')[rows];
  return {
    name: `tenths of patients, ${rows} rows`,
    ask: ask('calibration-curve', { outcome: 'y', features: [...models], ...part(rows) }),
    check(compare, got) {
      models.forEach((model, m) => {
        const { groups, hosmerLemeshow } = got[m];
        const reference = want[model].hl10_quantile;
        compare.same('tenths', groups.map((group: Json) => [group.n, group.events]), reference.n.map((n: number, g: number) => [n, reference.observed1[g]]));
        compare.all('expected in tenths', groups.map((group: Json) => group.expected), reference.expected1, tolerances.calibration);
        compare.near('Hosmer-Lemeshow over tenths', hosmerLemeshow.statistic, reference.chi2, tolerances.calibration);
        compare.near('its p', hosmerLemeshow.external.p, reference.p_external, tolerances.calibration);
        compare.near('its p of fitted data', hosmerLemeshow.fitted.p, reference.p, tolerances.calibration);
      });
    },
  };
}
