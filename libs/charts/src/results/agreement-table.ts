import { numeric, words, type FigureTable } from '../figure.js';
import { count, plain, share } from '../numbers.js';
import { isValue, whyNot, type Result, type SelectResult } from './results-file.js';

/** Intraclass correlations in the classes of Koo and Li (J Chiropr Med 2016;15:155); a class in which the limit of the plan lies is kept in part. */
const CLASSES: readonly (readonly [name: string, from: number])[] = [
  ['Poor, below 0.50', -Infinity],
  ['Moderate, from 0.50', 0.5],
  ['Good, from 0.75', 0.75],
  ['Excellent, from 0.90', 0.9],
];

const KINDS: Readonly<Record<string, string>> = { absolute: 'ICC(2,1), absolute agreement', consistency: 'ICC(3,1), consistency' };

interface Judged {
  readonly feature: string;
  readonly icc: number | null;
  readonly kept: boolean;
}

type Judgement = { readonly what: string; readonly features: readonly Judged[]; readonly atLeast: number };

/** What a selection measured of the reliability of its features: repeated readings, and small changes of image and mask. */
function judgementsOf(selection: SelectResult): Judgement[] {
  const { agreement, perturbed } = selection as unknown as { readonly agreement?: { readonly kind: string; readonly atLeast: number; readonly features?: readonly Judged[] }; readonly perturbed?: { readonly atLeast: number; readonly features?: readonly Judged[] } };
  return [
    ...(agreement?.features ? [{ what: `Repeated readings, ${KINDS[agreement.kind] ?? agreement.kind}`, features: agreement.features, atLeast: agreement.atLeast }] : []),
    ...(perturbed?.features ? [{ what: 'Small changes of image and mask', features: perturbed.features, atLeast: perturbed.atLeast }] : []),
  ];
}

/** How far readings of the features agree: features by class of their intraclass correlation, and how many of each the limit of the plan keeps. */
export function agreementOf({ part, selection }: { readonly part: string; readonly selection: Result<SelectResult> }): FigureTable | string {
  if (!isValue(selection)) return whyNot(selection)!.reason;
  const judgements = judgementsOf(selection);
  if (judgements.length === 0) return 'The plan names no repeated readings and no small changes of images, so no agreement was measured.';
  return {
    caption: `Agreement of the features${part === '' ? '' : `: ${part}`}`,
    columns: [
      { key: 'row', label: 'Intraclass correlation' },
      { key: 'over', label: 'Over' },
      { key: 'features', label: 'Features', numeric: true },
      { key: 'kept', label: 'Kept', numeric: true },
      { key: 'limit', label: 'At least', numeric: true },
    ],
    rows: judgements.flatMap(({ what, features, atLeast }) => {
      const line = (name: string, own: readonly Judged[]) => ({ row: words(name), over: words(what), features: numeric(own.length, count), kept: { text: share(own.filter(({ kept }) => kept).length, own.length), value: own.filter(({ kept }) => kept).length }, limit: numeric(atLeast, plain) });
      const inClass = (i: number) => features.filter(({ icc }) => icc !== null && icc >= CLASSES[i]![1] && icc < (CLASSES[i + 1]?.[1] ?? Infinity));
      const without = features.filter(({ icc }) => icc === null);
      return [...CLASSES.map(([name], i) => line(name, inClass(i))), ...(without.length === 0 ? [] : [line('Not estimable', without)])];
    }),
  };
}
