import { writeDurably } from '@consilium/operations';
import { ConsiliumError, dataErrors } from '@consilium/protocol';
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import type { ImageSource } from './image-source.js';

const idSchema = z.string().regex(/^[0-9a-f]{12}$/);

const choiceSchema = z.strictObject({
  patient: z.string().min(1).max(200),
  sequence: z.string().min(1).max(100),
  /** Id of the series in its folder; null: as if nobody had chosen. */
  series: idSchema.nullable(),
  at: z.string(),
});

const protocolSchema = z.strictObject({ sequence: z.string().min(1).max(100), protocol: idSchema, at: z.string() });

const fileSchema = z.strictObject({ format: z.literal(1), choices: z.array(choiceSchema), protocols: z.array(protocolSchema).default([]) });

/** Which series of a patient's folder is the sequence, in the word of somebody at the hospital. Never sent. */
export type SeriesChoice = z.infer<typeof choiceSchema>;

/** Which protocol of a scanner is the sequence, for every patient for whom nobody chose. Never sent. */
export type RememberedProtocol = z.infer<typeof protocolSchema>;

type Chosen = z.infer<typeof fileSchema>;

const keyOf = (patient: string, sequence: string): string => JSON.stringify([patient, sequence]);

/** Choices as they are made: series.json of the site folder, the last of a patient and sequence holds. */
export class SeriesChoices {
  private known: Chosen | undefined;
  private last = new Map<string, SeriesChoice>();
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly path: string) {}

  /** The choice that holds; null where the reader decides. */
  of(patient: string, sequence: string): SeriesChoice | null {
    this.read();
    const choice = this.last.get(keyOf(patient, sequence));
    return choice === undefined || choice.series === null ? null : choice;
  }

  /** Protocols that are the sequence, the first remembered first. */
  protocolsOf(sequence: string): readonly RememberedProtocol[] {
    return this.read().protocols.filter((one) => one.sequence === sequence);
  }

  choose(choice: SeriesChoice): Promise<void> {
    return this.write(({ choices, ...rest }) => ({ ...rest, choices: [...choices, choiceSchema.parse(choice)] }));
  }

  /** Of `among`, the protocols of one folder, only `protocol` is the sequence from now on; none where it is null. */
  remember(sequence: string, { protocol, among, at }: { readonly protocol: string | null; readonly among: readonly string[]; readonly at: string }): Promise<void> {
    return this.write(({ protocols, ...rest }) => ({
      ...rest,
      protocols: [...protocols.filter((one) => one.sequence !== sequence || !among.includes(one.protocol)), ...(protocol === null ? [] : [protocolSchema.parse({ sequence, protocol, at })])],
    }));
  }

  /** The source, with the series of each image that was chosen, else with the protocols that are remembered. */
  over(source: ImageSource): ImageSource {
    return {
      problems: source.problems,
      sequences: () => source.sequences(),
      find: (patient, sequence) => {
        const found = source.find(patient, sequence);
        if (typeof found === 'string') return found;
        const choice = this.of(patient, sequence);
        if (choice !== null) return { ...found, series: choice.series! };
        const protocols = this.protocolsOf(sequence).map(({ protocol }) => protocol);
        return protocols.length === 0 ? found : { ...found, protocols };
      },
    };
  }

  private write(change: (before: Chosen) => Chosen): Promise<void> {
    const written = this.writing.catch(() => undefined).then(async () => {
      const chosen = change(this.read());
      await writeDurably(this.path, JSON.stringify(chosen));
      this.keep(chosen);
    });
    this.writing = written;
    return written;
  }

  private read(): Chosen {
    return this.known ?? this.keep(existsSync(this.path) ? parsed(readFileSync(this.path, 'utf8')) : { format: 1, choices: [], protocols: [] });
  }

  private keep(chosen: Chosen): Chosen {
    this.known = chosen;
    this.last = new Map(chosen.choices.map((one) => [keyOf(one.patient, one.sequence), one]));
    return chosen;
  }
}

/** Without the file nobody knows which images were meant: nothing is read instead of another image. */
function parsed(text: string): Chosen {
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch {
    throw new ConsiliumError(dataErrors.imagesUnusable, 'The file series.json, which holds the chosen series, is damaged. Restore it from the backup. Nothing was computed.');
  }
}
