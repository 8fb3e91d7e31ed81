import { z } from 'zod';
import { suppressedSchema, type Suppressed } from '../disclosure.js';

/** Stands where a figure has no value for these patients, with the reason. */
export type NotEstimable = { readonly notEstimable: string };

/** A value, or why there is none: a disclosure rule, or too few patients. */
export type Figure<T> = T | Pick<Suppressed, 'suppressed'> | NotEstimable;

export const isValue = <T>(figure: Figure<T>): figure is T =>
  typeof figure !== 'object' || figure === null || (!('suppressed' in figure) && !('notEstimable' in figure));

/** The figure made of another's value; what has no value passes on its reason. */
export const mapFigure = <T, U>(figure: Figure<T>, make: (value: T) => Figure<U>): Figure<U> => (isValue(figure) ? make(figure) : figure);

export const notEstimable = (sentence: string): NotEstimable => ({ notEstimable: sentence });

const LONGEST_REASON = 300;

export const suppressed = (rule: string, reason: string): Suppressed => ({
  suppressed: { rule, reason: reason.length > LONGEST_REASON ? `${reason.slice(0, LONGEST_REASON - 1)}…` : reason },
});

/** A figure in a contribution. */
export const figureSchema = <T>(value: z.ZodType<T>): z.ZodType<Figure<T>> =>
  z.union([value, suppressedSchema, z.strictObject({ notEstimable: z.string() })]);
