import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runCommandLine } from './program.js';
import { ProgressLine } from './progress-line.js';
import { csvText, reportTables } from './report-tables.js';
import { recordedTerminal } from './test-terminal.js';

const example = (name: string) => fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url));
const folder = () => mkdtemp(join(tmpdir(), 'consilium-cli-'));
async function run(...args: string[]) {
  const terminal = recordedTerminal();
  await runCommandLine(args, terminal);
  return { code: terminal.code, out: terminal.output.join('\n'), notes: terminal.notes.join('\n') };
}

describe('consilium plan check', () => {
  it('prints the digest, the candidate parameters and what the patients at hand allow', async () => {
    const { code, out } = await run('plan', 'check', example('wdbc.yaml'), '--patients', '398', '--events', '148');
    expect(code).toBe(0);
    expect(out).toMatch(/digest +[0-9a-f]{64}/);
    expect(out).toContain('36: 30 features, 6 clinical');
    expect(out).toContain('36 candidate parameters, 398 training patients, 148 events: 4.1 events per parameter.');
    expect(out).toMatch(/Riley's criteria ask for \d+ patients/);
  });

  it('counts the patients of a table, and names the validation sites below 100 events', async () => {
    const { out } = await run('plan', 'check', example('wdbc.yaml'), '--table', fileURLToPath(new URL('../../../test/oracle/data/wdbc.csv', import.meta.url)));
    expect(out).toContain('36 candidate parameters, 398 training patients, 148 events: 4.1 events per parameter.');
    expect(out).toContain('Below 100 events in the test rows of A, B, C, D: the figures there will be imprecise.');
  });

  it('gives a plan with three mistakes three messages with line numbers, and exit code 1', async () => {
    const text = (await readFile(example('wdbc.yaml'), 'utf8')).replace('type: binary', 'type: survival').replace('min: 0.001', 'min: 0').replace('rule: B', 'rule: E');
    const file = join(await folder(), 'plan.yaml');
    await writeFile(file, text.replace('dictionary: wdbc.dictionary.yaml', `dictionary: ${example('wdbc.dictionary.yaml')}`));
    const { code, notes } = await run('plan', 'check', file);
    expect(code).toBe(1);
    expect(notes.split('\n').filter((line) => /^Line \d+, /.test(line))).toHaveLength(3);
    expect(notes).toContain('The plan has 3 mistakes. Nothing was done.');
  });

  it('names a file that is not there, with exit code 2', async () => {
    expect(await run('plan', 'check', '/nowhere/plan.yaml')).toMatchObject({ code: 2, notes: 'There is no file /nowhere/plan.yaml. Nothing was done.' });
  });
});

describe('the command line', () => {
  it('answers a wrong command with what is allowed and exit code 2', async () => {
    expect((await run('plan', 'chek', 'x')).code).toBe(2);
    expect((await run('simulate', 'plan', example('wdbc.yaml'))).code).toBe(2);
  });

  it('shows help and the version with exit code 0', async () => {
    expect((await run('--help')).code).toBe(0);
    expect((await run('--version')).out).toMatch(/^\d+\.\d+\.\d+/);
  });
});

describe('progress', () => {
  it('is silent for two seconds, then tells how much time is left', () => {
    const terminal = recordedTerminal(true);
    const line = new ProgressLine(terminal);
    terminal.time = 1900;
    line.update(1, 4, 'Rounds');
    expect(terminal.notes).toEqual([]);
    terminal.time = 3000;
    line.update(1, 4, 'Rounds');
    expect(terminal.notes).toEqual(['Rounds: 1 of 4, about 9 s left']);
  });
});

describe('a report', () => {
  const stages = {
    evaluate: {
      sites: [
        { site: 'A', auc: 0.9, counts: { events: 12 } },
        { site: 'B', auc: { suppressed: { rule: 'minimum-per-class', reason: 'Fewer than 5 in one outcome class' } }, counts: { events: 3 } },
      ],
      pooled: { auc: 0.88 },
    },
  };

  it('has a line for every figure, with the reason where it is suppressed', () => {
    const figures = reportTables(stages)[0]!;
    expect(figures.rows).toContainEqual(['evaluate.pooled.auc', '0.88', '', '']);
    expect(figures.rows).toContainEqual(['evaluate.sites.B.auc', '', 'minimum-per-class', 'Fewer than 5 in one outcome class']);
  });

  it('has a table for every list, with a column a figure', () => {
    expect(csvText(reportTables(stages)[1]!)).toBe('site,auc,counts.events\r\nA,0.9,12\r\nB,suppressed: Fewer than 5 in one outcome class,3\r\n');
  });

  it('gathers lists of the same kind from all sites and models in one table, with columns that say which', () => {
    const curve = (x: number) => [{ threshold: 0.5, netBenefit: x }];
    const nested = { evaluate: { rows: { test: { sites: [{ site: 'A', models: [{ model: 'm', curve: curve(1) }] }, { site: 'B', models: [{ model: 'm', curve: curve(2) }] }], pooled: { models: [{ model: 'm', auc: 0.8 }] } } } } };
    const table = reportTables(nested).find(({ name }) => name === 'evaluate.rows.sites.models.curve')!;
    expect(reportTables(nested).map(({ name }) => name)).toContain('evaluate.rows.pooled.models');
    expect(csvText(table)).toBe('rows,site,model,threshold,netBenefit\r\ntest,A,m,0.5,1\r\ntest,B,m,0.5,2\r\n');
  });

  it('defuses a cell that a spreadsheet would run as a formula, and leaves negative numbers alone', () => {
    expect(csvText({ name: 'x', head: ['a', 'b'], rows: [['=1+1', '-0.5']] })).toBe("a,b\r\n'=1+1,-0.5\r\n");
  });

  it('is written from a results.json, and refuses another file', async () => {
    const out = await folder();
    const file = join(out, 'in.json');
    await writeFile(file, await readFile(new URL('../../../libs/charts/src/fixtures/wdbc-standard.results.json', import.meta.url)));
    const { code, notes } = await run('report', file, '--out', join(out, 'report'), '--no-pdf');
    expect(code).toBe(0);
    expect(notes).toContain('Without --plan the report has no methods text');
    expect(await readdir(join(out, 'report'))).toEqual(expect.arrayContaining(['report.html', 'figures.csv', 'results.json', 'evaluate.rows.sites.models.csv']));
    expect(await readFile(join(out, 'report', 'report.html'), 'utf8')).toMatch(/^<!doctype html>[^]*data:font\/woff2;base64,[^]*<\/html>\n$/);
    expect((await run('report', file, '--out', out, '--plan', example('wdbc.yaml'))).notes).toContain('is not the plan of these results');
    await writeFile(file, '{}');
    expect((await run('report', file, '--out', out)).code).toBe(2);
  });
});

describe('consilium simulate --permute', () => {
  const wdbc = fileURLToPath(new URL('../../../test/oracle/data/wdbc.csv', import.meta.url));

  it("trains the plan's pipeline again with permuted outcomes, and prints a p-value for each model", async () => {
    const file = join(await folder(), 'plan.json');
    const columns = ['mean_texture', 'mean_symmetry', 'worst_texture', 'worst_symmetry'];
    const pipeline = { sequences: [{ name: 'mean', match: 'mean_*' }, { name: 'worst', match: 'worst_*' }], models: [{ kind: 'logistic', penalty: { kind: 'l2', C: 1 } }] };
    await writeFile(file, JSON.stringify({
      consilium: 1, title: 'Two groups of features', version: 1, study: 'groups', sites: ['A', 'B', 'C', 'D'], disclosure: 'open-data', seed: 'one', outcome: { column: 'y', type: 'binary' },
      features: { columns }, folds: { dealt: 4 }, pipeline, evaluate: { thresholds: [{ kind: 'fixed', value: 0.5 }] },
    }));
    const out = await folder();
    const simulated = await run('simulate', file, '--table', wdbc, '--permute', '3', '--out', out);
    expect(simulated).toMatchObject({ code: 0 });
    const { permutation } = (JSON.parse(await readFile(join(out, 'results.json'), 'utf8')) as { stages: { pipeline: { permutation: { count: number; models: { model: string; p: number; values: number[] }[] } } } }).stages.pipeline;
    expect(permutation.count).toBe(3);
    // Texture and symmetry tell the outcome so well that no permutation comes near: (1 + 0) / (1 + 3).
    expect(permutation.models.find(({ model }) => model === 'rad-signature')).toMatchObject({ p: 0.25, values: [expect.any(Number), expect.any(Number), expect.any(Number)] });
    expect(simulated.out).toMatch(/that of 3 permutations[^]*rad-signature +0\.\d{3} +0\.\d{3} +0\.\d{3} +0\.250/);
  });

  it('refuses a plan that has no pipeline, and a number that is none', async () => {
    expect(await run('simulate', example('wdbc.yaml'), '--table', wdbc, '--permute', '3')).toMatchObject({ code: 1, notes: expect.stringContaining('The plan has no pipeline') });
    for (const wrong of ['0', '1.5', 'many']) expect((await run('simulate', example('wdbc.yaml'), '--table', wdbc, '--permute', wrong)).code).toBe(2);
  });
});

describe('consilium simulate method', () => {
  const wdbc = fileURLToPath(new URL('../../../test/oracle/data/wdbc.csv', import.meta.url));

  it('names the methods', async () => {
    expect((await run('simulate', 'method', '--list')).out).toMatch(/moments/);
  });

  it('prints the result of a method as JSON: the first feature of WDBC has t = 22.8428 (scipy)', async () => {
    const params = join(await folder(), 'params.json');
    await writeFile(params, JSON.stringify({ outcome: 'y', features: ['mean_radius'] }));
    const { code, out } = await run('simulate', 'method', 't-test', '--table', wdbc, '--params', params);
    expect(code).toBe(0);
    expect(out).toMatch(/"t":22\.84279706/);
  });

  it('refuses parameters that do not fit, and names that do not exist', async () => {
    const params = join(await folder(), 'params.json');
    await writeFile(params, '{}');
    expect(await run('simulate', 'method', 't-test', '--table', wdbc, '--params', params)).toMatchObject({ code: 1 });
    expect(await run('simulate', 'method', 'nothing', '--table', wdbc, '--params', params)).toMatchObject({ code: 2 });
  });

  it('tells which column is missing', async () => {
    const params = join(await folder(), 'params.json');
    await writeFile(params, JSON.stringify({ outcome: 'y', features: ['no_such_column'] }));
    const { code, notes } = await run('simulate', 'method', 'moments', '--table', wdbc, '--params', params);
    expect(code).toBe(1);
    expect(notes).toMatch(/no column no_such_column/);
  });
});
