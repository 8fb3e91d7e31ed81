import { planes } from '@consilium/imaging';
import { reviewRequestSchema } from '@consilium/protocol/requests';
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import { PatientsDesk, type CaseView } from '../patients/patients-desk.js';
import type { PatientReview } from '../patients/patient-reviews.js';
import { CONSOLE_PARTS, type ConsoleParts } from './console-parts.js';
import { readingPlans } from './extraction.controller.js';

const sliceSchema = z.object({ sequence: z.string().min(1).max(100), plane: z.enum(planes as [(typeof planes)[number], ...(typeof planes)[number][]]), index: z.string().regex(/^\d{1,5}$/).transform(Number) });
const seriesSchema = z.strictObject({ sequence: z.string().min(1).max(100), series: z.string().regex(/^[0-9a-f]{12}$/).nullable(), remember: z.boolean().default(false) });
const againSchema = z.strictObject({ sequence: z.string().min(1).max(100) });

const severities = { refuse: 3, flag: 2, note: 1 } as const;

/** A case in a cell of the grid: the worst that was found, and how much. */
function cellOf(view: CaseView) {
  if (view.state === 'absent') return { sequence: view.sequence, state: view.why, flags: 0 };
  if (view.state !== 'read') return { sequence: view.sequence, state: view.state, flags: 0 };
  const { flags } = view.quality;
  const worst = flags.reduce((most, { severity }) => Math.max(most, severities[severity]), 0);
  return { sequence: view.sequence, state: worst === 3 ? 'refused' : worst === 2 ? 'flagged' : 'well', flags: flags.length };
}

/** Patients of this hospital, for its own people. What is read and decided here never leaves. */
@Controller('api/patients')
export class PatientsController {
  constructor(@Inject(CONSOLE_PARTS) private readonly parts: ConsoleParts) {}

  @Get()
  list() {
    const { desk } = this;
    desk.read();
    const reviews = lastReviews(desk.reviews());
    return {
      sequences: desk.sequences(),
      problems: desk.problems(),
      scanning: desk.scanning,
      runs: this.openRuns(),
      patients: desk.patients().map((patient) => ({ patient, cells: desk.cases(patient).map(cellOf), review: reviews.get(patient) ?? null })),
    };
  }

  @Get(':patient')
  async read(@Param('patient') patient: string) {
    const { desk } = this;
    const cases = await desk.readPatient(patient);
    const all = desk.patients();
    const at = all.indexOf(patient);
    return {
      patient, cases,
      place: at + 1,
      of: all.length,
      before: all[at - 1] ?? null,
      after: all[at + 1] ?? null,
      runs: this.openRuns(),
      reviews: desk.reviews().filter((one) => one.patient === patient),
      choices: desk.choices(patient).map(({ sequence, series, at: chosen }) => ({ sequence, series, at: chosen })),
    };
  }

  @Get(':patient/slice')
  async slice(@Param('patient') patient: string, @Query({ schema: sliceSchema }) { sequence, plane, index }: z.infer<typeof sliceSchema>) {
    const { grey, ...picture } = await this.desk.slice(patient, sequence, plane, index);
    return { ...picture, grey: Buffer.from(grey).toString('base64') };
  }

  @Post(':patient/review')
  @HttpCode(200)
  async review(@Param('patient') patient: string, @Body({ schema: reviewRequestSchema }) review: z.infer<typeof reviewRequestSchema>) {
    await this.desk.review(patient, review);
    return this.read(patient);
  }

  @Post(':patient/series')
  @HttpCode(200)
  async chooseSeries(@Param('patient') patient: string, @Body({ schema: seriesSchema }) { sequence, series, remember }: z.infer<typeof seriesSchema>) {
    if (remember) await this.desk.rememberSeries(patient, sequence, series);
    await this.desk.chooseSeries(patient, sequence, series);
    return this.read(patient);
  }

  /** Measures the case anew for every approved plan that reads the sequence; says how many there are. */
  @Post(':patient/extraction')
  @HttpCode(200)
  async extractAgain(@Param('patient') patient: string, @Body({ schema: againSchema }) { sequence }: z.infer<typeof againSchema>) {
    const { extraction, runtime } = this.parts;
    await this.desk.readPatient(patient);
    const plans = readingPlans(this.parts).filter(({ plan }) => plan.extract!.sequences.some((one) => one.sequence === sequence));
    for (const { plan } of plans) {
      const { measured } = await extraction.again(plan.extract!, patient, sequence);
      measured.catch((error: unknown) => runtime.logger.error({ code: (error as NodeJS.ErrnoException).code ?? 'unknown' }, 'A case could not be measured again.'));
    }
    return { plans: plans.length };
  }

  private get desk(): PatientsDesk {
    return this.parts.patients;
  }

  /** A run stays with the data it began with: a patient less, and it is refused. */
  private openRuns(): number {
    return this.parts.records.runs.all().filter(({ state, cohort }) => (state === 'open' || state === 'paused') && cohort !== null).length;
  }
}

function lastReviews(reviews: readonly PatientReview[]): ReadonlyMap<string, PatientReview> {
  const last = new Map(reviews.map((review) => [review.patient, review] as const));
  return new Map([...last].filter(([, { decision }]) => decision !== 'reset'));
}
