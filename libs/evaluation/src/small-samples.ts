/** What the numbers of patients say about a figure: whether it can be had at all, and how much weight it bears. */
export type Standing =
  | { readonly kind: 'estimable' }
  | { readonly kind: 'imprecise'; readonly sentence: string }
  | { readonly kind: 'not-estimable'; readonly sentence: string };

/** Below this many events or non-events, validation is imprecise (Collins, Ogundimu, Altman 2016; Vergouwe et al. 2005). */
export const PRECISE_CLASS = 100;
/** Below this many, a calibration slope is not estimated. */
export const CALIBRATION_CLASS = 10;

const imprecise = (what: string): Standing => ({ kind: 'imprecise', sentence: `The smaller outcome class has fewer than ${PRECISE_CLASS} patients. The ${what} is imprecise.` });

/** AUC: needs a patient in each class; its variance needs two. Below ten it says on how many events or controls (patients without the event) it rests. */
export function aucStanding(events: number, nonEvents: number): Standing {
  const smaller = Math.min(events, nonEvents);
  if (smaller === 0) return { kind: 'not-estimable', sentence: 'One outcome class is empty. There is no AUC.' };
  if (smaller < 10) {
    const those = `${events < nonEvents ? 'event' : 'control'}${smaller === 1 ? '' : 's'}`;
    return { kind: 'imprecise', sentence: `The AUC rests on ${smaller === 1 ? 'one' : smaller} ${those}. It is imprecise.` };
  }
  return smaller < PRECISE_CLASS ? imprecise('AUC') : { kind: 'estimable' };
}

/** Calibration slope and intercept. */
export function calibrationStanding(events: number, nonEvents: number): Standing {
  const smaller = Math.min(events, nonEvents);
  if (smaller < CALIBRATION_CLASS) {
    return { kind: 'not-estimable', sentence: `Fewer than ${CALIBRATION_CLASS} patients are in one outcome class. The calibration slope is not estimated.` };
  }
  return smaller < PRECISE_CLASS ? imprecise('calibration slope') : { kind: 'estimable' };
}

/** Hosmer-Lemeshow groups under a minimum count: at least five, each of at least k patients. */
export const hosmerLemeshowAllowed = (groups: readonly { readonly n: number }[], k: number): boolean => {
  const occupied = groups.filter(({ n }) => n > 0);
  return occupied.length >= 5 && occupied.every(({ n }) => n >= k);
};
