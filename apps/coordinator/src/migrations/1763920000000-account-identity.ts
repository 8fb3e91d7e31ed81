import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Accounts of people whom an identity provider knows: who they are there, and no password here. */
export class AccountIdentity1763920000000 implements MigrationInterface {
  readonly name = 'AccountIdentity1763920000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE account ADD COLUMN identity text UNIQUE, ALTER COLUMN password_hash DROP NOT NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DELETE FROM access_token WHERE account IN (SELECT name FROM account WHERE identity IS NOT NULL)');
    await runner.query('DELETE FROM account WHERE identity IS NOT NULL');
    await runner.query('ALTER TABLE account DROP COLUMN identity, ALTER COLUMN password_hash SET NOT NULL');
  }
}
