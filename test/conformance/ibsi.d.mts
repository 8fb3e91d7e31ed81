export interface Configuration {
  readonly name: string;
  readonly table: string;
}
export interface Row {
  readonly tag: string;
  readonly reference?: string;
  readonly tolerance?: string;
  readonly value?: number;
  readonly outcome: 'conforms' | 'misses' | 'no consensus';
}
export const CONFIGURATIONS: readonly Configuration[];
export function compare(configuration: Configuration): Promise<Row[]>;
