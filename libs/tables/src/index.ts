export { readCells, type Cells } from './csv.js';
export { decodeText } from './decode-text.js';
export {
  columnRoleSchema,
  dataDictionarySchema,
  definitionOf,
  parseDictionary,
  type ColumnDefinition,
  type ColumnRole,
  type DataDictionary,
  type DictionaryProblem,
} from './dictionary.js';
export { joinTables, type JoinedTable, type LinkageReport, type NamedTable } from './join-tables.js';
export { parseTable, type ParsedTable, type ParseTableOptions } from './parse-table.js';
export { describeQuality, type ColumnQuality } from './quality-report.js';
export { splitBySite } from './split-by-site.js';
export { requireSound, sentenceForOthers, type TableIssue } from './table-issue.js';
export { pickRows, type Table, type TableColumn } from './table.js';
