import { say } from '@consilium/charts';
import * as answer from './answers.js';
import { filled, item, needsYou, type Checklist } from './assessment.js';
import type { Evidence } from './evidence.js';

/** Points that each item gives where the run answers it. Items that need people give none before they answer. */
const points: Readonly<Record<string, number>> = { '1': 1, '2': 1, '3': 1, '4': 1, '5': 3, '6': 1, '7': 1, '8': 1, '9': 2, '10': 2, '11': 7, '13': 2, '14': 2, '15': 1, '16': 4 };

/** Validation: none -5, the same institute 2, another institute 3, two 4, three or more 5. */
function validationPoints({ leftOut, externalTest, honest, sites, source }: Evidence): number {
  if (!honest) return -5;
  const external = leftOut ? sites : externalTest ? (source.plan?.cohort.test?.sites?.length ?? 1) : 0;
  return external >= 3 ? 5 : external === 2 ? 4 : external === 1 ? 3 : 2;
}

/** Radiomics quality score, 16 items, -8 to 36 (Lambin et al., Nat Rev Clin Oncol 2017;14:749). */
export const rqs: Checklist = {
  id: 'rqs',
  title: 'RQS: radiomics quality score',
  source: 'Lambin P et al. Nat Rev Clin Oncol 2017;14:749. Numbers and points as published, topics shortened.',
  score: (answers, evidence) => {
    const sure = [...answers].reduce((sum, [id, { state }]) => sum + (id === '12' ? validationPoints(evidence) : state === 'filled' ? points[id]! : id === '5' && !evidence.selected ? -3 : 0), 0);
    const open = [...answers].reduce((sum, [id, { state }]) => sum + (state === 'needs-you' && id !== '12' ? points[id]! : 0), 0);
    return `${sure} of 36 points are given by this run; items that need you hold up to ${open} more.`;
  },
  items: [
    item('1', 'Imaging protocol is documented or public (+1 or +2)', () => answer.protocol),
    item('2', 'Several segmentations (+1)', answer.reliability),
    item('3', 'Phantom study on all scanners (+1)', 'Say whether phantoms were scanned.'),
    item('4', 'Imaging at several times (+1)', 'Say whether patients were scanned again.'),
    item('5', 'Reduction of features, or adjustment for their number (−3 or +3)', answer.reduction),
    item('6', 'Multivariable with non-radiomic features (+1)', answer.fromPlan((e) => (e.hasCombined ? filled('A model combines radiomic and clinical variables.', 'models') : needsYou('No model of the plan combines them.')))),
    item('7', 'Biological correlates (+1)', 'Say what is known of them.'),
    item('8', 'Analysis of cut-offs (+1)', (e) => (e.validated ? filled('Thresholds fixed in the plan or chosen on training rows, with the counts at each.', 'usefulness') : needsYou('No model was validated.'))),
    item('9', 'Discrimination, with resampling (+1, +1)', (e) => (e.validated ? filled('AUC with intervals; cross-validation on training rows.', 'performance') : needsYou('No model was validated.'))),
    item('10', 'Calibration, with resampling (+1, +1)', answer.calibration),
    item('11', 'Prospective study in a registry (+7)', 'Give the registration.'),
    item('12', 'Validation (−5 to +5)', (e) => filled(`${say.fixed(validationPoints(e), 0)} points: ${answer.testing(e).note}`, 'performance')),
    item('13', 'Against a gold standard (+2)', 'Say what the gold standard of today is, and compare.'),
    item('14', 'Clinical use: decision curve (+2)', answer.decision),
    item('15', 'Cost-effectiveness (+1)', 'Say whether it was analysed.'),
    item('16', 'Open science and data (up to +4)', 'Say what is open: scans, segmentations, code, features. The plan and the model files can be.'),
  ],
};
