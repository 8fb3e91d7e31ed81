import { writeDurably } from '@consilium/operations';
import { ConsiliumError, dataErrors } from '@consilium/protocol';
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import type { ImageSource } from './image-source.js';

const choiceSchema = z.strictObject({
  patient: z.string().min(1).max(200),
  sequence: z.string().min(1).max(100),
  /** Id of the series in its folder; null: as if nobody had chosen. */
  series: z.string().regex(/^[0-9a-f]{12}$/).nullable(),
  at: z.string(),
});

const choicesSchema = z.strictObject({ format: z.literal(1), choices: z.array(choiceSchema) });

/** Which series of a patient's folder is the sequence, in the word of somebody at the hospital. Never sent. */
export type SeriesChoice = z.infer<typeof choiceSchema>;

const keyOf = (patient: string, sequence: string): string => JSON.stringify([patient, sequence]);

/** Choices as they are made: series.json of the site folder, the last of a patient and sequence holds. */
export class SeriesChoices {
  private known: readonly SeriesChoice[] | undefined;
  private last = new Map<string, SeriesChoice>();
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly path: string) {}

  /** The choice that holds; null where the reader decides. */
  of(patient: string, sequence: string): SeriesChoice | null {
    this.read();
    const choice = this.last.get(keyOf(patient, sequence));
    return choice === undefined || choice.series === null ? null : choice;
  }

  choose(choice: SeriesChoice): Promise<void> {
    const written = this.writing.catch(() => undefined).then(async () => {
      const choices = [...this.read(), choiceSchema.parse(choice)];
      await writeDurably(this.path, JSON.stringify({ format: 1, choices }));
      this.remember(choices);
    });
    this.writing = written;
    return written;
  }

  /** The source, with the series of each image that was chosen. */
  over(source: ImageSource): ImageSource {
    return {
      problems: source.problems,
      sequences: () => source.sequences(),
      find: (patient, sequence) => {
        const found = source.find(patient, sequence);
        const choice = this.of(patient, sequence);
        return typeof found === 'string' || choice === null ? found : { ...found, series: choice.series! };
      },
    };
  }

  private read(): readonly SeriesChoice[] {
    return this.known ?? this.remember(existsSync(this.path) ? parsed(readFileSync(this.path, 'utf8')) : []);
  }

  private remember(choices: readonly SeriesChoice[]): readonly SeriesChoice[] {
    this.known = choices;
    this.last = new Map(choices.map((one) => [keyOf(one.patient, one.sequence), one]));
    return choices;
  }
}

/** Without the file nobody knows which images were meant: nothing is read instead of another image. */
function parsed(text: string): readonly SeriesChoice[] {
  try {
    return choicesSchema.parse(JSON.parse(text)).choices;
  } catch {
    throw new ConsiliumError(dataErrors.imagesUnusable, 'The file series.json, which holds the chosen series, is damaged. Restore it from the backup. Nothing was computed.');
  }
}
