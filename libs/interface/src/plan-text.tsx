import { diffLines } from 'diff';
import { parse, stringify } from 'yaml';

/** A plan's canonical text as people read it. The dictionary of columns stands last: it is long, and says nothing about what is computed. */
export function planYaml(text: string): string {
  const { dictionary, ...rest } = parse(text) as Record<string, unknown>;
  return stringify(dictionary === undefined ? rest : { ...rest, dictionary }, { lineWidth: 120 });
}

/** How many lines of two plans differ. */
export const changedLines = (from: string, to: string): number =>
  diffLines(planYaml(from), planYaml(to)).filter(({ added, removed }) => added || removed).reduce((sum, { count = 0 }) => sum + count, 0);

export interface PlanDiffLinesProps {
  readonly from: string;
  readonly to: string;
  readonly label: string;
  /** Says how many lines alike are left out. */
  readonly alike: (lines: number) => string;
}

/** The lines of two plans, what was added and removed marked by a sign and a colour. */
export function PlanDiffLines({ from, to, label, alike }: PlanDiffLinesProps) {
  return (
    <pre className="text-block" tabIndex={0} role="region" aria-label={label}>
      {diffLines(planYaml(from), planYaml(to)).map(({ added, removed, value }, i) => (
        <span key={`${i} ${value.slice(0, 20)}`} className={added ? 'added' : removed ? 'removed' : undefined}>
          {collapsed(value, added || removed, alike).split('\n').slice(0, -1).map((line) => `${added ? '+ ' : removed ? '− ' : '  '}${line}\n`).join('')}
        </span>
      ))}
    </pre>
  );
}

/** Long stretches without a change are cut in the middle. */
function collapsed(value: string, changed: boolean, alike: (lines: number) => string): string {
  const lines = value.split('\n');
  if (changed || lines.length < 14) return value;
  return [...lines.slice(0, 5), alike(lines.length - 11), ...lines.slice(-6)].join('\n');
}
