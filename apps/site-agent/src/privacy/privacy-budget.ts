import { removeUnfinished, writeDurably } from '@consilium/operations';
import { agentErrors, ConsiliumError, digestSchema } from '@consilium/protocol';
import { epsilonOfCost } from '@consilium/statistics';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { unwritten } from '../folder/storage-trouble.js';

const answerSchema = z.strictObject({
  study: z.string(),
  plan: digestSchema,
  run: z.string(),
  round: z.string(),
  step: z.string(),
  /** sha256 of the question. */
  asked: digestSchema,
  /** gaussianCost of the answer: adds up. */
  cost: z.number().positive(),
  at: z.string(),
  /** Of the noise, while the answer may be asked again; wiped when its run has ended. */
  seed: digestSchema.nullable(),
});

export type PrivateAnswer = z.infer<typeof answerSchema>;

export interface BudgetLimits {
  readonly epsilon: number;
  readonly delta: number;
}

export interface PrivateQuestion extends Omit<PrivateAnswer, 'seed'> {
  readonly limits: BudgetLimits;
}

/** Noise for one answer. The answer may leave once `spend` has resolved. */
export interface NoiseGrant {
  readonly seed: Uint8Array;
  /** False where the answer was given before: nothing is spent for it again. */
  readonly isNew: boolean;
  readonly cost: number;
  /** ε that the study has used when this answer has left. */
  readonly epsilon: number;
  spend(): Promise<void>;
}

export interface StudySpending {
  readonly study: string;
  readonly answers: number;
  readonly cost: number;
}

const RESTORED = 'restored.json';

/**
 * What each study has used of its privacy budget at this site: one file an answer, on the disk before the answer leaves. Noise is drawn once a question of a run: asked again, under another attempt or by
 * a coordinator that forgot, it gets the same noise and spends nothing; after the run has ended it gets none. A record that cannot be read, or that is as old as a backup, answers no question.
 */
export class PrivacyBudget {
  private constructor(
    private readonly folder: string,
    private readonly answers: Map<string, PrivateAnswer>,
    private readonly damaged: boolean,
  ) {}

  static async open(folder: string): Promise<PrivacyBudget> {
    await removeUnfinished(folder);
    const answers = new Map<string, PrivateAnswer>();
    let damaged = false;
    for (const name of readdirSync(folder).filter((one) => one !== RESTORED)) {
      const answer = readAnswer(join(folder, name));
      if (answer && fileOf(answer) === name) answers.set(name, answer);
      else damaged = true;
    }
    return new PrivacyBudget(folder, answers, damaged);
  }

  /** Marks the record as that of a backup: what was spent since is not known. */
  static async markRestored(folder: string, at: string): Promise<void> {
    await writeDurably(join(folder, RESTORED), JSON.stringify({ at }));
  }

  /** A person says that no private answer left between the backup and its restoration. */
  static async confirmUnchanged(folder: string): Promise<void> {
    await rm(join(folder, RESTORED), { force: true });
  }

  get isKnown(): boolean {
    return !this.damaged && !existsSync(join(this.folder, RESTORED));
  }

  studies(): StudySpending[] {
    const found = new Map<string, StudySpending>();
    for (const { study, cost } of this.answers.values()) {
      const before = found.get(study);
      found.set(study, { study, answers: (before?.answers ?? 0) + 1, cost: (before?.cost ?? 0) + cost });
    }
    return [...found.values()].sort((a, b) => (a.study < b.study ? -1 : 1));
  }

  /** Throws E370 where the answer would go beyond the budget, E371 where the budget is not known, E309 where another question came before under its key. */
  grant({ limits, ...question }: PrivateQuestion): NoiseGrant {
    const name = fileOf(question);
    const spent = this.studies().find(({ study }) => study === question.study)?.cost ?? 0;
    const before = this.answers.get(name);
    if (before) return this.grantAgain(before, question, epsilonOfCost(spent, limits.delta));
    if (!this.isKnown) throw new ConsiliumError(agentErrors.privacyBudgetUnknown, 'The site does not know what it has used of its privacy budget. Nothing was sent.');
    const epsilon = epsilonOfCost(spent + question.cost, limits.delta);
    if (!(epsilon <= limits.epsilon)) {
      const used = spent === 0 ? 'Nothing is used' : `ε ${figure(epsilonOfCost(spent, limits.delta))} is used`;
      throw new ConsiliumError(agentErrors.privacyBudgetSpent, `${used} of the study's ε ${figure(limits.epsilon)} at this site, and the answer would bring it to ${figure(epsilon)}. Nothing was sent.`);
    }
    const seed = randomBytes(32);
    return { seed, isNew: true, cost: question.cost, epsilon, spend: () => this.write({ ...question, seed: seed.toString('hex') }) };
  }

  /** Wipes the seeds of a run that has ended: nobody can take the noise off afterwards. What was spent stays. */
  async forget(run: string): Promise<void> {
    for (const answer of [...this.answers.values()]) if (answer.run === run && answer.seed !== null) await this.write({ ...answer, seed: null });
  }

  private grantAgain(before: PrivateAnswer, { asked, cost }: Pick<PrivateAnswer, 'asked' | 'cost'>, epsilon: number): NoiseGrant {
    if (before.asked !== asked || before.cost !== cost) throw new ConsiliumError(agentErrors.questionChanged, 'Another question came under a key this site has answered. Nothing was sent.');
    if (before.seed === null) throw new ConsiliumError(agentErrors.privacyBudgetSpent, 'The answer was given, its run has ended, and noise is drawn once. Nothing was sent.');
    return { seed: Uint8Array.from(Buffer.from(before.seed, 'hex')), isNew: false, cost, epsilon, spend: () => Promise.resolve() };
  }

  private async write(answer: PrivateAnswer): Promise<void> {
    await writeDurably(join(this.folder, fileOf(answer)), JSON.stringify(answer)).catch((cause: unknown) => {
      throw unwritten('The privacy budget', cause);
    });
    this.answers.set(fileOf(answer), answer);
  }
}

const figure = (x: number): string => Number(x.toPrecision(3)).toString();

const fileOf = ({ run, round }: Pick<PrivateAnswer, 'run' | 'round'>): string => `${createHash('sha256').update(JSON.stringify([run, round])).digest('hex').slice(0, 32)}.json`;

function readAnswer(path: string): PrivateAnswer | null {
  try {
    const read = answerSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}
