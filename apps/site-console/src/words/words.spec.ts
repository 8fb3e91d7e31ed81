import { readdirSync, readFileSync } from 'node:fs';
import { agentErrors, methodErrors } from '@consilium/protocol';
import { describe, expect, it } from 'vitest';
import { chinese } from './chinese.js';
import { english } from './english.js';
import { told } from './told.js';
import { sentences } from './told-sentences.js';

type Leaves = ReadonlyMap<string, string>;

function leavesOf(words: object, path = ''): Leaves {
  const found = Object.entries(words).flatMap(([key, value]: [string, unknown]) => (typeof value === 'string' ? [[`${path}${key}`, value] as const] : [...leavesOf(value as object, `${path}${key}.`)]));
  return new Map(found);
}

const placesOf = (text: string): string[] => [...text.matchAll(/\{\{?\w+\}?\}/g)].map(([place]) => place).sort();

describe('the words of the console', () => {
  it('are the same keys in both languages, with the same places', () => {
    const [en, zh] = [leavesOf(english), leavesOf(chinese)];
    expect([...zh.keys()].sort()).toEqual([...en.keys()].sort());
    for (const [key, text] of en) expect([key, placesOf(zh.get(key)!)]).toEqual([key, placesOf(text)]);
  });

  it('are Chinese in Chinese: no sentence was forgotten', () => {
    const same = ['record.json', 'patient.scale'];
    for (const [key, text] of leavesOf(chinese)) if (!same.includes(key)) expect([key, /\p{Script=Han}/u.test(text)]).toEqual([key, true]);
  });
});

/** The sentences that a source hands to people: in the doctor's calls, and as sentence of a finding. */
function sentencesIn(folder: string): string[] {
  const text = readdirSync(new URL(folder, import.meta.url)).filter((name) => name.endsWith('.ts') && !name.includes('.spec.')).map((name) => readFileSync(new URL(`${folder}${name}`, import.meta.url), 'utf8')).join('\n');
  const literal = '(`[^`]*`|\'[^\']*\'|"[^"]*")';
  const calls = [...text.matchAll(new RegExp(`(?:well|warning|problem|notLookedAt)\\('[a-z]+', ${literal}(?:, ${literal})?`, 'g'))].flatMap(([, sentence, fix]) => [sentence, fix]);
  const findings = [...text.matchAll(new RegExp(`severity: '\\w+', sentence: ${literal}`, 'g'))].map(([, sentence]) => sentence);
  return [...calls, ...findings].filter((found) => found !== undefined).map((found) => found.slice(1, -1));
}

/** Names of the codes and the sentences with which routes of the console refuse. */
function refusalsIn(places: readonly string[]): [code: string, sentence: string][] {
  const agent = new URL('../../../site-agent/src/', import.meta.url);
  const files = places.flatMap((place) => (place.endsWith('/') ? readdirSync(new URL(place, agent)).filter((name) => name.endsWith('.ts') && !name.includes('.spec.')).map((name) => `${place}${name}`) : [place]));
  const text = files.map((file) => readFileSync(new URL(file, agent), 'utf8')).join('\n');
  return [...text.matchAll(/(?:new ConsiliumError\(|refuse\()agentErrors\.(\w+), (?:`([^`]*)`|'([^']*)'|"([^"]*)")/g)].map(([, code, a, b, c]) => [code!, (a ?? b ?? c)!.replaceAll('\\n', '\n')]);
}

/** Nothing of it stays as it was. */
const isSaid = (sentence: string): boolean => {
  const chinese = told(sentence, 'zh');
  return /\p{Script=Han}/u.test(chinese) && !sentence.split(/\n|(?<=[.!?]) /).some((piece) => /[a-z]{3}/i.test(piece) && chinese.includes(piece));
};

/** As the agent would say it: every place filled. Places that hold whole sentences are made of sentences of their own. */
const said = (template: string): string => template.replace(/\$\{way\}/g, 'directly').replace(/\$\{[^}]*\}/g, '7');

describe('what the agent says', () => {
  const spoken = [...sentencesIn('../../../site-agent/src/doctor/'), ...sentencesIn('../../../../libs/imaging/src/geometry/')].filter((one) => !one.startsWith('${sentence}'));

  it('is said in Chinese: each sentence of the doctor and each finding in an image', () => {
    expect(spoken.length).toBeGreaterThan(40);
    expect(spoken.filter((template) => told(said(template), 'zh') === said(template))).toEqual([]);
  });

  it('is said in Chinese: each refusal of the console, with what to do', () => {
    const found = refusalsIn(['console/', 'patients/', 'plans/decide-plan.ts', 'plans/participants.ts', 'settings/settings-desk.ts']);
    expect(found.length).toBeGreaterThan(15);
    const helps = Object.entries(agentErrors).flatMap(([name, { help }]) => (found.some(([code]) => code === name) ? [help] : []));
    expect([...found.map(([, sentence]) => said(sentence)), ...helps].filter((sentence) => !isSaid(sentence))).toEqual([]);
  });

  it('is said in Chinese: each mistake of a field that a request of the console can have', () => {
    const text = readFileSync(new URL('../../../../libs/protocol/src/requests/site-requests.ts', import.meta.url), 'utf8');
    const mistakes = [...text.matchAll(/'((?:Write|Tick) [^']*)'/g)].map(([, sentence]) => sentence!);
    expect(mistakes.length).toBeGreaterThan(7);
    expect(mistakes.filter((sentence) => !isSaid(sentence))).toEqual([]);
  });

  it('is said in Chinese: whatever the gate holds back, with its rule', () => {
    const gate = readFileSync(new URL('../../../../libs/federation/src/disclosure-gate.ts', import.meta.url), 'utf8');
    const breaches = [...gate.matchAll(/code: methodErrors\.(\w+), rule: '([\w-]+)', reason: (?:`([^`]*)`|'([^']*)')/g)];
    expect(breaches.length).toBeGreaterThan(7);
    const refusals = breaches.map(([, code, rule, a, b]) => `Nothing was sent for describe/site-counts. ${said((a ?? b)!)} (rule ${rule}). ${methodErrors[code as keyof typeof methodErrors].help}`);
    expect(refusals.filter((sentence) => !isSaid(sentence))).toEqual([]);
  });

  it('keeps what it names, has each place once in both languages, and stays English where it is not known', () => {
    expect(told('The clocks differ by 41 s.', 'zh')).toBe('时钟相差 41 秒。');
    expect(told('T1: 3 of 9 patients have an image and a mask.', 'zh')).toBe('T1：9 名患者中 3 名有影像和掩模。');
    expect(told('T1: 3 of 9 patients have an image and a mask. 6 have no image.', 'zh')).toBe('T1：9 名患者中 3 名有影像和掩模。6 名无影像。');
    expect(told('The plan does not name this site. It was not approved.', 'en')).toBe('The plan does not name this site. It was not approved.');
    expect(told('Something nobody foresaw. The clocks agree.', 'zh')).toBe('Something nobody foresaw.时钟一致。');
    for (const [from, to] of sentences) expect([from, placesOf(to)]).toEqual([from, placesOf(from)]);
  });
});
