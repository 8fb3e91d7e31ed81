import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parsePlan, type AnalysisPlan } from '@consilium/study';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { patientsCsv, planText, type PlanOptions } from '../fixtures/site-fixture.js';
import { CohortReader } from './cohort.js';
import { checkPlanFit } from './plan-fit.js';

const own = { minimumCell: 0, minimumPatients: 0, minimumPerClass: 0, parametersPerPatient: 0, minimumBin: 0, minimumLeaf: 0, minimumDifference: 0 };
let root: string;
beforeEach(async () => void (root = await mkdtemp(join(tmpdir(), 'fit-'))));
afterEach(() => rm(root, { recursive: true, force: true }));

function plan(options: PlanOptions = {}, change: Partial<AnalysisPlan> = {}): AnalysisPlan {
  const parsed = parsePlan(planText(options));
  if (!('plan' in parsed)) throw new Error('the plan is sound');
  return { ...parsed.plan, ...change };
}

async function fit(csv: string, analysis = plan(), dictionary?: string) {
  await writeFile(join(root, 'clinical.csv'), csv);
  if (dictionary !== undefined) await writeFile(join(root, 'dictionary.yaml'), dictionary);
  const cohort = new CohortReader(root, [{ name: 'clinical', file: 'clinical.csv', dictionary: dictionary === undefined ? null : 'dictionary.yaml', id: null }]).read();
  return checkPlanFit(analysis, cohort, own);
}

describe('before a plan is approved, a steward is told', () => {
  it('nothing where the data fit, and how many patients take part', async () => {
    expect(await fit(patientsCsv())).toEqual({ problems: [], warnings: [], patients: 60, events: 20 });
  });

  it('of columns that the table lacks', async () => {
    expect((await fit(patientsCsv(), plan({ features: ['age', 'ldh', 'ebv'] }))).problems).toEqual(['The plan needs columns that the table lacks: ldh, ebv.']);
  });

  it('of letters in a number column, with the row', async () => {
    const csv = patientsCsv().replace('40.25', 'forty');
    expect((await fit(csv)).problems).toEqual(['Table clinical: Column age looks like numbers and holds text, so it is read as a category. Row 2. The plan needs numbers.']);
    expect((await fit(csv, plan(), 'columns:\n  age: { type: number }\n')).problems).toEqual(['Table clinical: Column age should hold numbers and holds text. Row 2.']);
  });

  it('of too few patients, as figures that will be suppressed', async () => {
    const { problems, warnings } = await fit(patientsCsv(12));
    expect(problems).toEqual([]);
    expect(warnings).toEqual([
      'There are 12 patients; figures of this site alone need 20 and will be suppressed.',
      'One outcome class has 4 patients; 5 are needed, so some figures will be suppressed.',
    ]);
  });

  it('of an outcome with one class, and of one with more than two', async () => {
    const lines = patientsCsv().split('\n');
    const one = lines.map((line, i) => (i === 0 ? line : line.replace(/,[01],/, ',0,'))).join('\n');
    expect((await fit(one)).warnings).toEqual(['All patients have the same outcome. Figures that need two classes cannot be made here.']);
    expect((await fit(patientsCsv().replace('P001,0,', 'P001,2,'))).problems).toEqual(['Column y holds something else than 0 and 1 in 1 rows.']);
  });

  it('of no patients at all, and of a table that is not there', async () => {
    expect((await fit('id,y,age,stage,split\n')).problems).toEqual(['No patient meets the conditions of the plan and has an outcome.']);
    const cohort = new CohortReader(root, [{ name: 'clinical', file: 'absent.csv', dictionary: null, id: null }]).read();
    expect(checkPlanFit(plan(), cohort, own).problems).toEqual(['Table clinical: The file cannot be read (ENOENT).']);
  });

  it('of another unit, and of a missing code that is read as a number here', async () => {
    const dictionary = { columns: { age: { type: 'number' as const, unit: 'a', missing: [40.25] } } };
    const { problems } = await fit(patientsCsv(), plan({}, { dictionary }), 'columns:\n  age: { type: number, unit: mo }\n');
    expect(problems).toEqual(['Column age is in mo here and in a in the plan.', "Column age holds 40.25, which the plan's dictionary calls missing. Declare it in this site's dictionary."]);
  });

  it('of a dictionary with mistakes', async () => {
    expect((await fit(patientsCsv(), plan(), 'columns:\n  age: { type: numeric }\n')).problems[0]).toMatch(/^Table clinical: Data dictionary, columns\.age\.type: /);
  });
});

describe('the cohort', () => {
  it('is read again only when a file changed, and two readings of the same data have one digest', async () => {
    await writeFile(join(root, 'clinical.csv'), patientsCsv());
    const reader = new CohortReader(root, [{ name: 'clinical', file: 'clinical.csv', dictionary: null, id: null }]);
    const first = reader.read();
    expect(reader.read()).toBe(first);
    await writeFile(join(root, 'clinical.csv'), `${patientsCsv()}\n`);
    expect(reader.read()).not.toBe(first);
    expect(reader.read().digest).toBe(first.digest);
    await writeFile(join(root, 'clinical.csv'), patientsCsv().replace('40.25', '41.25'));
    expect(reader.read().digest).not.toBe(first.digest);
  });

  it('of two tables holds the patients of both, and says how many it left out', async () => {
    await writeFile(join(root, 'a.csv'), 'id,y\np1,0\np2,1\n');
    await writeFile(join(root, 'b.csv'), 'id,f\np2,5\np3,6\n');
    const { table, linkage } = new CohortReader(root, [
      { name: 'clinical', file: 'a.csv', dictionary: null, id: null },
      { name: 'features', file: 'b.csv', dictionary: null, id: null },
    ]).read();
    expect(table.pseudonyms).toEqual(['p2']);
    expect(linkage.unmatched.map(({ table: name, pseudonyms }) => [name, pseudonyms])).toEqual([['clinical', ['p1']], ['features', ['p3']]]);
  });
});
