import { defineErrorCodes } from './error-code.js';

/** Codes 700-799, the database server and what every program needs from its machine. */
export const infrastructureErrors = defineErrorCodes({
  dataFolderInUse: {
    code: 'E701',
    title: 'The data folder is in use',
    retry: 'transient',
    help: 'Another program looks after the database in this folder. Stop it, or choose another data folder.',
  },
  folderNotReachable: {
    code: 'E702',
    title: 'The database account cannot reach its folder',
    retry: 'permanent',
    help: 'Choose a data folder whose parents let other accounts pass, or allow it with chmod o+x on the folder named.',
  },
  noServerForThisMachine: {
    code: 'E703',
    title: 'PostgreSQL is not included for this machine',
    retry: 'permanent',
    help: 'Give the address of a PostgreSQL server in the configuration, or install on Linux or macOS.',
  },
  serverDidNotStart: {
    code: 'E704',
    title: 'PostgreSQL did not start',
    retry: 'transient',
    help: 'Read the server log in the data folder. The usual reasons are a full disk and changed permissions.',
  },
  otherDatabaseVersion: {
    code: 'E705',
    title: 'The data folder belongs to another PostgreSQL version',
    retry: 'permanent',
    help: 'Start the release that made the folder, export its database, and import it into the new one.',
  },
  configurationMistakes: {
    code: 'E711',
    title: 'The configuration has mistakes',
    retry: 'permanent',
    help: 'Correct every line named and start again. Nothing was started.',
  },
  recordBroken: {
    code: 'E712',
    title: 'The record chain is broken',
    retry: 'permanent',
    help: 'Keep the file as it is, compare it with a backup, and tell the person responsible for data protection.',
  },
});
