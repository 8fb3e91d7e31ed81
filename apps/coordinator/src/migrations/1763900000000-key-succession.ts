import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The chain of each site's keys. */
export class KeySuccession1763900000000 implements MigrationInterface {
  readonly name = 'KeySuccession1763900000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE key_succession (
      old_key text PRIMARY KEY,
      new_key text NOT NULL UNIQUE,
      site text NOT NULL,
      text text NOT NULL,
      signatures jsonb NOT NULL,
      accepted_at timestamptz NOT NULL)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE key_succession');
  }
}
