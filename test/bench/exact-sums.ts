import { ExactAccumulator, fillWithTestNumbers, LimbStore, SumAccumulator } from '@consilium/federation';
import { decodeValue, encodeValue } from '@consilium/protocol';
import { median, timed, type Bench } from './bench.js';

const NUMBERS = 1_000_000;
const TERMS = 4;

export const exactSumsBench: Bench = {
  name: 'exact-sums',
  title: 'Exact sums and the encoding of a million numbers, in one thread',
  async run() {
    const terms = Array.from({ length: TERMS }, (_, site) => {
      const values = new Float64Array(NUMBERS);
      fillWithTestNumbers(values, site);
      return values;
    });
    const store = new LimbStore();
    const adding = await timed(10, () => {
      const accumulator = new ExactAccumulator(NUMBERS, TERMS, store);
      for (const term of terms) accumulator.addChecked(term);
      accumulator.release();
    });
    const whole = await timed(10, () => {
      const accumulator = new SumAccumulator(TERMS, store);
      for (const values of terms) accumulator.add({ values });
      accumulator.total();
      accumulator.release();
    });
    const bytes = encodeValue({ values: terms[0]! });
    return [
      { name: '4,000,000 additions', value: median(adding), unit: 'ms', target: 27, peers: 'BigInt 824 ms' },
      { name: 'the same with checks and the rounded total', value: median(whole), unit: 'ms' },
      { name: 'encode 1,000,000 numbers', value: median(await timed(20, () => encodeValue({ values: terms[0]! }))), unit: 'ms' },
      { name: 'decode 1,000,000 numbers', value: median(await timed(20, () => decodeValue(bytes))), unit: 'ms' },
    ];
  },
};
