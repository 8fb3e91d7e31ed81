import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const skipped = new Set(['node_modules', 'dist', '.git', '.nx', 'out', 'data']);

function pages(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return skipped.has(entry.name) && folder === root ? [] : entry.name === 'node_modules' || entry.name === 'dist' ? [] : pages(join(folder, entry.name));
    return entry.name.endsWith('.md') ? [join(folder, entry.name)] : [];
  });
}

/** Links of a page outside its code: `[text](target)` and `[text]: target`. */
function linksOf(text: string): string[] {
  const prose = text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)|^\[[^\]]+\]:\s*(\S+)/gm)].map(([, inline, reference]) => inline ?? reference!);
}

/** Anchors as they are made of headings: small letters, spaces to hyphens, other signs dropped. */
function anchorsOf(text: string): Set<string> {
  const headings = [...text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#+\s+(.*)$/gm)].map(([, heading]) => heading!);
  return new Set(headings.map((heading) => heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').trim().replaceAll(' ', '-')));
}

/** Why a link leads nowhere, or undefined. */
function trouble(page: string, link: string): string | undefined {
  if (/^[a-z]+:/i.test(link)) return undefined;
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : resolve(dirname(page), decodeURIComponent(path));
  if (relative(root, target).startsWith('..')) return 'leaves the project';
  if (!existsSync(target)) return 'is not there';
  if (anchor === undefined || statSync(target).isDirectory()) return undefined;
  return anchorsOf(readFileSync(target, 'utf8')).has(anchor) ? undefined : `has no heading #${anchor}`;
}

describe('the documentation', () => {
  const found = pages(root);

  it('has links that all lead somewhere', () => {
    const broken = found.flatMap((page) =>
      linksOf(readFileSync(page, 'utf8')).flatMap((link) => {
        const why = trouble(page, link);
        return why === undefined ? [] : [`${relative(root, page)}: ${link} ${why}`];
      }),
    );
    expect(broken).toEqual([]);
  });

  it('would notice a page, a heading or a folder that is not there', () => {
    const page = join(root, 'README.md');
    const links = linksOf('[a](docs/absent.md) [b](README.md#no-such-heading) [c](../elsewhere) [d](README.md#where-to-go) `[e](code.md)`');
    expect(links.map((link) => trouble(page, link))).toEqual(['is not there', 'has no heading #no-such-heading', 'leaves the project', undefined]);
  });

  it('reaches every page of docs/ from the README by following links', () => {
    const reached = new Set<string>();
    const visit = (page: string): void => {
      if (reached.has(page)) return;
      reached.add(page);
      for (const link of linksOf(readFileSync(page, 'utf8'))) {
        const target = resolve(dirname(page), link.split('#')[0]!);
        if (target.endsWith('.md') && existsSync(target)) visit(target);
      }
    };
    visit(join(root, 'README.md'));
    const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md')).map((name) => join(root, 'docs', name));
    expect(docs.filter((page) => !reached.has(page)).map((page) => relative(root, page))).toEqual([]);
  });

  it('says of every page of docs/ what it is for: tutorial, how-to, explanation or reference', () => {
    expect(readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md') && name !== 'README.md' && !/^(tutorial|how-to|explanation|reference)-/.test(name))).toEqual([]);
  });
});
