import { writeDurably } from '@consilium/operations';
import { ConsiliumError, dataErrors } from '@consilium/protocol';
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';

const reviewSchema = z.strictObject({
  patient: z.string().min(1).max(200),
  /** 'reset': as if nobody had looked. */
  decision: z.enum(['accepted', 'excluded', 'reset']),
  reason: z.string().max(500).nullable(),
  /** The patient was excluded by withdrawing consent: models trained on the row are marked. */
  consent: z.literal('withdrawn').optional(),
  at: z.string(),
});

const reviewsSchema = z.strictObject({ format: z.literal(1), reviews: z.array(reviewSchema) });

/** What somebody at the hospital decided of a patient's images and data. Never sent. */
export type PatientReview = z.infer<typeof reviewSchema>;

/** All decisions in their order, the last of a patient holds: reviews.json of the site folder. Undefined where the file is damaged. */
export function readReviews(path: string): readonly PatientReview[] | undefined {
  if (!existsSync(path)) return [];
  try {
    return reviewsSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).reviews;
  } catch {
    return undefined;
  }
}

export function excludedPatients(reviews: readonly PatientReview[]): ReadonlySet<string> {
  const last = new Map(reviews.map(({ patient, decision }) => [patient, decision]));
  return new Set([...last].filter(([, decision]) => decision === 'excluded').map(([patient]) => patient));
}

/** Patients who are excluded because they withdrew their consent. */
export function withdrawnPatients(reviews: readonly PatientReview[]): ReadonlySet<string> {
  const last = new Map(reviews.map((review) => [review.patient, review]));
  return new Set([...last.values()].filter(({ decision, consent }) => decision === 'excluded' && consent === 'withdrawn').map(({ patient }) => patient));
}

/** Decisions as they are made, one after another, each on the disk before it is told. */
export class PatientReviews {
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly path: string) {}

  read(): readonly PatientReview[] {
    const reviews = readReviews(this.path);
    if (!reviews) throw new ConsiliumError(dataErrors.reviewsDamaged);
    return reviews;
  }

  add(review: PatientReview): Promise<void> {
    const written = this.writing.catch(() => undefined).then(() => writeDurably(this.path, JSON.stringify({ format: 1, reviews: [...this.read(), reviewSchema.parse(review)] })));
    this.writing = written;
    return written;
  }
}
