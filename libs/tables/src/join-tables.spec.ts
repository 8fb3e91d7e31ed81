import { describe, expect, it } from 'vitest';
import { describeQuality, joinTables, parseDictionary, parseTable } from './index.js';

const clinical = parseTable('id,age\np1,50\np2,60\np3,70\n').table;
const features = parseTable('id,f\np3,3\np2,2\np9,9\n').table;

describe('joined tables', () => {
  it('hold the patients that every table has, with the columns of all', () => {
    const { table } = joinTables([{ name: 'clinical', table: clinical }, { name: 'features', table: features }]);
    expect(table.pseudonyms).toEqual(['p2', 'p3']);
    expect(table.columns.get('age')).toEqual({ kind: 'number', values: new Float64Array([60, 70]) });
    expect(table.columns.get('f')).toEqual({ kind: 'number', values: new Float64Array([2, 3]) });
  });

  it('report who is unmatched, both ways', () => {
    const { linkage, issues } = joinTables([{ name: 'clinical', table: clinical }, { name: 'features', table: features }]);
    expect(linkage).toEqual({ linked: 2, unmatched: [{ table: 'clinical', pseudonyms: ['p1'] }, { table: 'features', pseudonyms: ['p9'] }] });
    expect(issues.map(({ severity }) => severity)).toEqual(['warning', 'warning']);
  });

  it('refuse a column that two tables hold, and identifiers of which none agree', () => {
    const other = parseTable('id,age\nx,1\n').table;
    const { issues } = joinTables([{ name: 'clinical', table: clinical }, { name: 'other', table: other }]);
    expect(issues.filter(({ severity }) => severity === 'error').map(({ sentence }) => sentence)).toEqual([
      'Column age is in the table clinical and in the table other.',
      'No patient is in all tables. The identifiers differ.',
    ]);
  });
});

describe('the quality report', () => {
  it('counts what is missing, out of range and in each level', () => {
    const parsed = parseDictionary({ columns: { age: { type: 'number', range: [0, 65], unit: 'a' }, stage: { type: 'category', codes: ['I', 'II'] } } });
    if (!('dictionary' in parsed)) throw new Error('the dictionary is sound');
    const { table } = parseTable('id,age,stage\na,50,II\nb,70,II\nc,,\n', { dictionary: parsed.dictionary });
    expect(describeQuality(table, parsed.dictionary)).toEqual([
      { name: 'age', kind: 'number', unit: 'a', missing: 1, distinct: 2, outOfRange: 1, least: 50, greatest: 70, mean: 60 },
      { name: 'stage', kind: 'category', missing: 1, distinct: 1, outOfRange: 0, levels: [{ level: 'I', count: 0 }, { level: 'II', count: 2 }] },
    ]);
  });
});
