import { useState } from 'react';
import { markPath, palettes, say, siteColour, siteMarks } from '@consilium/charts';
import { useMode } from './interface-provider.js';
import { useWords } from './words.js';

export type Tone = 'good' | 'warn' | 'bad' | 'accent' | 'plain';

const signs: Readonly<Record<Tone, string>> = { good: '✓', warn: '△', bad: '✕', accent: '●', plain: '' };

/** A state: sign and word, never colour alone. */
export function Tag({ tone = 'plain', children, sign = signs[tone] }: { readonly tone?: Tone; readonly children: string; readonly sign?: string }) {
  return (
    <span className={`tag ${tone}`}>
      {sign !== '' && <span aria-hidden="true">{sign}</span>}
      {children}
    </span>
  );
}

export const ResearchUseOnly = () => <Tag tone="warn">Research use only</Tag>;

/** A hospital with its mark, the same in every figure and table. */
export function SiteName({ name, place }: { readonly name: string; readonly place: number }) {
  const { mode } = useMode();
  const palette = palettes[mode];
  const { shape } = siteMarks[place] ?? { shape: 'circle' as const };
  const colour = siteColour(palette, place);
  return (
    <span className="site">
      <svg width="12" height="12" viewBox="-7 -7 14 14" aria-hidden="true">
        <path d={markPath(shape, 5.4)} fill={shape === 'ring' ? 'none' : colour} stroke={shape === 'ring' ? colour : 'none'} strokeWidth="2" />
      </svg>
      {name}
    </span>
  );
}

/** Eight figures of a digest; a click copies all. */
export function Digest({ value }: { readonly value: string }) {
  const words = useWords();
  const [copied, setCopied] = useState(false);
  const copy = (): void => {
    void navigator.clipboard?.writeText(value).then(() => setCopied(true), () => setCopied(false));
  };
  return (
    <button type="button" className="digest" title={copied ? words.copied : value} aria-label={`${words.copyDigest} ${say.shortDigest(value)}`} onClick={copy}>
      {say.shortDigest(value)}
    </button>
  );
}
