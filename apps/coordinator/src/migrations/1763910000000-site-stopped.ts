import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Since when a site is stopped by its own people, as far as the centre was told. */
export class SiteStopped1763910000000 implements MigrationInterface {
  readonly name = 'SiteStopped1763910000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE site ADD COLUMN stopped_at timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE site DROP COLUMN stopped_at');
  }
}
