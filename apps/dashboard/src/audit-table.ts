import { say, words, type FigureTable } from '@consilium/charts';
import type { AuditEntry } from './api.js';

/** Entries of the audit record; `named` says in words what a subject is. */
export const auditTable = (entries: readonly AuditEntry[], caption: string, named: Readonly<Record<string, string>> = {}): FigureTable => ({
  caption,
  columns: [
    { key: 'number', label: 'Number', numeric: true },
    { key: 'at', label: 'When' },
    { key: 'actor', label: 'Who' },
    { key: 'action', label: 'What' },
    { key: 'subject', label: 'Of what' },
    { key: 'detail', label: 'Detail' },
  ],
  rows: entries.map(({ sequence, at, actor, action, subject, detail }) => ({
    number: { text: say.count(sequence), value: sequence },
    at: { text: say.moment(at, { seconds: true }).replaceAll(' ', '\u00a0'), value: at },
    actor: words(actor),
    action: { text: action.replaceAll(' ', '\u00a0'), value: action },
    subject: { text: named[subject] ?? (/^[0-9a-f]{64}$/.test(subject) ? say.shortDigest(subject) : subject), value: subject },
    detail: { text: detailText(detail), value: detail },
  })),
});

const settingNames: Readonly<Record<string, string>> = { expiresAt: 'until', decidedAt: 'decided', fingerprint: 'words of the key' };

/** Settings in words: times as people read them, digests shortened, nothing of what is empty. */
function detailText(detail: string): string {
  const entries = Object.entries(JSON.parse(detail) as Record<string, unknown>).filter(([, value]) => value !== null && value !== '');
  return entries.map(([name, value]) => `${settingNames[name] ?? name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}: ${valueText(value)}`).join('; ');
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.map(valueText).join(', ');
  if (typeof value !== 'string') return JSON.stringify(value);
  if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) return say.moment(value);
  return value.replace(/[0-9a-f]{32,}/g, (digest) => say.shortDigest(digest));
}
