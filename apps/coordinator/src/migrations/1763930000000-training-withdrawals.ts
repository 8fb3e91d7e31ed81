import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which sites said that a run trained on patients who withdrew their consent since, and how many, in steps. */
export class TrainingWithdrawals1763930000000 implements MigrationInterface {
  readonly name = 'TrainingWithdrawals1763930000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE training_withdrawal (
      run text NOT NULL REFERENCES run (id),
      site text NOT NULL,
      at_least integer NOT NULL,
      below integer NOT NULL,
      told_at timestamptz NOT NULL,
      PRIMARY KEY (run, site))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE training_withdrawal');
  }
}
