import { describe, expect, it } from 'vitest';
import { siteTables } from './site-tables.js';

describe('a table with a site column', () => {
  it('becomes one table a site, header first, sites ascending, cells as they were', () => {
    const csv = 'id,site,x\r\n1,B,0.10\r\n2,A,1e-3\r\n3,B, 7 \r\n';
    expect([...siteTables(csv)]).toEqual([['A', 'id,site,x\n2,A,1e-3\n'], ['B', 'id,site,x\n1,B,0.10\n3,B, 7 \n']]);
  });

  it('keeps commas, quotes and line breaks that are inside quotes', () => {
    const csv = 'id,note,centre\n1,"one, two",North\n2,"said ""no""\nand left","South, old"\n';
    expect([...siteTables(csv, 'centre')]).toEqual([
      ['North', 'id,note,centre\n1,"one, two",North\n'],
      ['South, old', 'id,note,centre\n2,"said ""no""\nand left","South, old"\n'],
    ]);
  });

  it('is refused without that column', () => {
    expect(() => siteTables('id,x\n1,2\n')).toThrow('The table has no column site.');
  });
});
