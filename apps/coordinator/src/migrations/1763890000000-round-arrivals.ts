import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When each site's answer of a round arrived, and how many bytes it had: what a run looked like, for people who look back. */
export class RoundArrivals1763890000000 implements MigrationInterface {
  readonly name = 'RoundArrivals1763890000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE round ADD COLUMN arrivals jsonb');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE round DROP COLUMN arrivals');
  }
}
