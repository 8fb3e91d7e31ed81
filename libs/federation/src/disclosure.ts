import type { DisclosureProfile } from '@consilium/protocol';
import { z } from 'zod';

/** The minimum counts of a profile; a site may only raise them. Zero means not applied. */
export interface DisclosureLimits {
  /** k: every released count is 0 or at least this. */
  readonly minimumCell: number;
  /** Patients a site needs before anything that rests on its rows leaves as a figure of its own. */
  readonly minimumPatients: number;
  /** Patients in each outcome class, where a figure rests on classes; twice as many where a model of one site leaves it. */
  readonly minimumPerClass: number;
  /** Fitted parameters per patient of a site, where the figure is the site's own; 0 for no limit. */
  readonly parametersPerPatient: number;
  /** Patients in a bin of a curve or histogram of one site, where there are any. */
  readonly minimumBin: number;
  /** Patients in a leaf of a tree that one site grows, where there are any. */
  readonly minimumLeaf: number;
  /** Sets of patients that were asked about are equal, or differ by at least so many. */
  readonly minimumDifference: number;
}

export const disclosureLimits: Readonly<Record<DisclosureProfile, DisclosureLimits>> = {
  'open-data': { minimumCell: 0, minimumPatients: 0, minimumPerClass: 0, parametersPerPatient: 0, minimumBin: 0, minimumLeaf: 0, minimumDifference: 0 },
  standard: { minimumCell: 5, minimumPatients: 20, minimumPerClass: 5, parametersPerPatient: 0.33, minimumBin: 5, minimumLeaf: 5, minimumDifference: 5 },
  strict: { minimumCell: 10, minimumPatients: 30, minimumPerClass: 10, parametersPerPatient: 0.2, minimumBin: 10, minimumLeaf: 10, minimumDifference: 10 },
};

/**
 * What may leave a site for a step, as data: the gate holds it without knowing the method. Which of the profile's limits apply to the
 * step, to what the site half reports as the basis of its contribution.
 */
export interface Disclosure {
  /** A term of a sum, a figure of one site, or a fitted model. */
  readonly kind: 'sum' | 'per-site' | 'model';
  readonly limits: readonly ('patients' | 'per-class' | 'twice-per-class' | 'cells' | 'parameters')[];
  /** The step answers fold by fold whatever its parameters; others do where these name folds. No fold may be small where the coordinator sees the site's term. */
  readonly byFold?: true;
  /** Figures of a per-site answer that give each other back: one suppressed, all suppressed. */
  readonly together?: readonly (readonly string[])[];
}

/** What a contribution (or one figure of a per-site answer) rests on. Stays at the site: only the gate reads it. */
export interface Basis {
  readonly patients: number;
  readonly events?: number;
  readonly nonEvents?: number;
  /** Counts that leave, each to be 0 or at least k. */
  readonly cells?: readonly number[];
  /** The same of bins of a curve, and of leaves of a tree. */
  readonly bins?: readonly number[];
  readonly leaves?: readonly number[];
  /** How many patients carry each gradient that leaves: (Σ |r|)² / Σ r² of their residuals. Few where a model was made to fit everybody else. */
  readonly carriers?: readonly number[];
  /**
   * Where the figure parts the patients by a model's predictions: of each row of the view how many have a lower prediction, and how many lie below each cut. Two figures with
   * a few patients between their cuts give these few away, whenever they are asked.
   */
  readonly cuts?: { readonly ranks: Uint32Array; readonly below: readonly number[] };
  /** Fitted parameters or distinct numbers per patient. */
  readonly parameters?: number;
}

/** Stands where a figure would have stood. Drawn as suppressed, with the reason. */
export const suppressedSchema = z.strictObject({ suppressed: z.strictObject({ rule: z.string().max(80), reason: z.string().max(300) }) });
export type Suppressed = z.infer<typeof suppressedSchema>;

/** A figure of a per-site answer as it may arrive: itself, or suppressed with the reason. */
export const orSuppressed = <T extends z.ZodType>(figure: T) => z.union([suppressedSchema, figure]);

export const isSuppressed = (figure: unknown): figure is Suppressed => suppressedSchema.safeParse(figure).success;
