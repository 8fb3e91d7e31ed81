import { describedOf, isValue, say } from '@consilium/charts';
import { cohortWords, type Evidence } from '../checklists/evidence.js';
import { engineOf } from '../checklists/answers.js';
import { featureClassText, hasSetting, imageTypeText, settingText } from '../checklists/settings.js';
import type { PlanCondition, ReportPlan } from '../plan-view.js';
import { needsYou, type Paragraph, type Sentence } from './paragraph.js';

export function design(e: Evidence, plan: ReportPlan): Paragraph {
  const words = cohortWords(e);
  const simulated = e.source.record === null;
  return {
    heading: 'Design and patients',
    sentences: [
      needsYou('prospective or retrospective, dates, registration'),
      simulated ? `The patients are those of ${say.plural(e.sites, 'hospital')} (${say.list(e.source.results.sites)}), computed over in one program.` : `The study was carried out at ${say.plural(e.sites, 'hospital')} (${say.list(e.source.results.sites)}) without any patient row leaving a hospital.`,
      needsYou('ethical approval and consent of each hospital'),
      needsYou('clinical criteria of eligibility, and how patients were found'),
      ...(plan.cohort.include.length > 0 ? [`Included were patients with ${conditions(plan.cohort.include)}.`] : []),
      `Training patients were ${part(plan.cohort.training)}${plan.cohort.test === null ? '; no patient was held out' : `, test patients ${part(plan.cohort.test)}`}.`,
      ...(words === null ? [] : [`There were ${words}.`]),
      ...(simulated ? [] : ['The analysis plan was fixed, hashed and approved by every hospital before any result was computed.']),
    ],
  };
}

const conditions = (list: readonly PlanCondition[]): string => say.list(list.map(({ column, oneOf, negate }) => `${column} ${negate ? 'other than' : '='} ${oneOf.join(' or ')}`));

function part({ where, sites }: ReportPlan['cohort']['training']): string {
  const rules = [...(where.length > 0 ? [`those with ${conditions(where)}`] : []), ...(sites === null ? [] : [`those of ${say.list(sites)}`])];
  return rules.length === 0 ? 'all patients' : say.list(rules);
}

export function outcome(e: Evidence, plan: ReportPlan): Paragraph {
  const { column, event, horizon } = plan.outcome;
  const clinical = plan.clinical.map(({ column: name, levels, reference }) => (levels === null ? name : `${name} (${levels.join(', ')}; reference ${reference ?? levels[0]!})`));
  return {
    heading: 'Outcome and clinical variables',
    sentences: [
      `The outcome was binary: ${column} = ${event}${horizon === null ? '' : `, within ${horizon}`}.`,
      needsYou('how the outcome was assessed, by whom, and whether blind'),
      ...(clinical.length === 0 ? [] : [`Clinical variables were ${say.list(clinical)}.`, ...tests(e)]),
    ],
  };
}

/** Which test a variable of the cohort table had, where the run described it. */
function tests({ context }: Evidence): string[] {
  const parts = Object.values(describedOf(context)?.cohort ?? {}).filter((part) => isValue(part));
  if (parts.length === 0) return [];
  const ranked = parts.some(({ numbers }) => numbers.some(({ ranks }) => ranks !== undefined));
  const indicators = parts.some(({ numbers }) => numbers.some(({ fisherP }) => fisherP !== undefined));
  return [`Numbers were compared between the outcomes by Student's t test${ranked ? ' and, with medians and quartiles, by the Mann-Whitney test on counts between common cuts' : ''}, categories${indicators ? ', and numbers of 0 and 1 as categories,' : ''} by the chi-squared test, those of two levels by Fisher's exact test.`];
}

export function images(e: Evidence): Paragraph {
  if (e.settings.length === 0) return { heading: 'Images and features', sentences: [needsYou('scanners, sequences, segmentation and extraction: the features of this run came from a table')] };
  const { settings } = e;
  const { extract } = e.source.results.stages;
  const counts = extract && 'sequences' in extract ? say.list(extract.sequences.map(({ sequence, features }) => `${say.count(features)} from ${sequence}`)) : null;
  const resampled: Sentence = hasSetting(settings, 'resampledPixelSpacing') ? `Images were resampled to ${settingText(settings, 'resampledPixelSpacing')} mm (${settingText(settings, 'interpolator')}), masks by nearest neighbour.` : 'Images were not resampled.';
  const discretised: Sentence = hasSetting(settings, 'binCount') ? `Intensities were discretised into ${settingText(settings, 'binCount')} bins.` : `Intensities were discretised with a bin width of ${settingText(settings, 'binWidth')}.`;
  return {
    heading: 'Images and features',
    sentences: [
      needsYou('scanners and acquisition protocols of each hospital'),
      needsYou('how regions of interest were drawn, by how many readers, on which image'),
      `Features were extracted at each hospital by ${engineOf(e)} from ${say.list(settings.map(({ sequence }) => sequence))}, with the same settings everywhere; every hospital proved engine, settings and feature names.`,
      resampled,
      hasSetting(settings, 'normalize') ? `Intensities were normalised (scale ${settingText(settings, 'normalizeScale')}).` : 'Intensities were not normalised.',
      discretised,
      `Image types: ${imageTypeText(settings)}. Feature classes: ${featureClassText(settings)}.`,
      ...(counts === null ? [] : [`This gave ${counts} features.`]),
      'Other settings had the defaults of pyradiomics; features agree with the reference values of the Image Biomarker Standardisation Initiative as far as its documentation states.',
    ],
  };
}

export function preparation(plan: ReportPlan): Paragraph {
  const { missing, harmonise, ownSiteScale } = plan;
  const fill: Readonly<Record<string, string>> = { mean: 'filled with the mean of training patients over all hospitals', 'complete-case': 'left out with their patient' };
  return {
    heading: 'Missing values and harmonisation',
    sentences: [
      `Features undefined in more than ${say.percent(missing.dropAbove)} of training patients were dropped; other missing features were ${fill[missing.features] ?? missing.features}, missing clinical variables ${fill[missing.clinical] ?? missing.clinical}.`,
      ...(ownSiteScale ? ['Every hospital first z-scored numbers by its own training patients.'] : []),
      harmonise
        ? `Features were harmonised by ComBat over ${harmonise.batch === null ? 'hospitals' : `scanners (${harmonise.batch})`}${harmonise.covariates.length === 0 ? '' : `, keeping the effects of ${say.list(harmonise.covariates)}`}${harmonise.empiricalBayes ? ', with empirical Bayes shrinkage' : ''}${harmonise.meanOnly ? ', shifting means only' : ''}, fitted on training patients; batch effects stayed at their hospital.`
        : 'Features were not harmonised over hospitals.',
    ],
  };
}
