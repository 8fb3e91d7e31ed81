import { stopTestServer } from '@consilium/database/testing';

/** The suites' PostgreSQL starts when the first of them asks for a database and stays for the others; here it is stopped, after the last. */
export const teardown = (): Promise<void> => stopTestServer();
