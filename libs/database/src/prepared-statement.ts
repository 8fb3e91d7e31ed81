import type pg from 'pg';
import type { DataSource } from 'typeorm';

/** A statement that each connection to the server reads and plans once; the name stands for this text and no other. */
export interface PreparedStatement {
  readonly name: string;
  readonly text: string;
}

/**
 * Rows of a statement that is asked again and again, outside a transaction of its own. Half the server's time of a statement is reading
 * and planning it, which TypeORM has done anew each time.
 */
export async function runPrepared<Row>(database: DataSource, { name, text }: PreparedStatement, values: readonly unknown[]): Promise<Row[]> {
  const pool = (database.driver as unknown as { readonly master: pg.Pool }).master;
  const { rows } = await pool.query<Row & pg.QueryResultRow>({ name, text, values: [...values] });
  return rows;
}
