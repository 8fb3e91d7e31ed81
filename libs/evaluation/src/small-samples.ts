/** What the numbers of patients say about a figure: whether it can be had at all, and how much weight it bears. */
export type Standing =
  | { readonly kind: 'estimable' }
  | { readonly kind: 'imprecise'; readonly sentence: string }
  | { readonly kind: 'not-estimable'; readonly sentence: string };

/** Below this many events or non-events, validation is imprecise (Collins, Ogundimu, Altman 2016; Vergouwe et al. 2005). */
export const PRECISE_CLASS = 100;
/** Below this many, a calibration slope is not estimated. */
export const CALIBRATION_CLASS = 10;

function imprecise(what: string, smaller: number): Standing {
  const size = smaller === 1 ? '1 patient' : smaller < 10 ? `${smaller} patients` : `fewer than ${PRECISE_CLASS} patients`;
  return { kind: 'imprecise', sentence: `The smaller outcome class has ${size}. The ${what} is imprecise.` };
}

/** AUC: needs a patient in each class; its variance needs two. */
export function aucStanding(events: number, nonEvents: number): Standing {
  const smaller = Math.min(events, nonEvents);
  if (smaller === 0) return { kind: 'not-estimable', sentence: 'One outcome class is empty. There is no AUC.' };
  return smaller < PRECISE_CLASS ? imprecise('AUC', smaller) : { kind: 'estimable' };
}

/** Calibration slope and intercept. */
export function calibrationStanding(events: number, nonEvents: number): Standing {
  const smaller = Math.min(events, nonEvents);
  if (smaller < CALIBRATION_CLASS) {
    return { kind: 'not-estimable', sentence: `Fewer than ${CALIBRATION_CLASS} patients are in one outcome class. The calibration slope is not estimated.` };
  }
  return smaller < PRECISE_CLASS ? imprecise('calibration slope', smaller) : { kind: 'estimable' };
}

/** Hosmer-Lemeshow groups under a minimum count: at least five, each of at least k patients. */
export const hosmerLemeshowAllowed = (groups: readonly { readonly n: number }[], k: number): boolean => {
  const occupied = groups.filter(({ n }) => n > 0);
  return occupied.length >= 5 && occupied.every(({ n }) => n >= k);
};
