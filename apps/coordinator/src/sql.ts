import type { DataSource, EntityManager } from 'typeorm';

type Connection = DataSource | EntityManager;

/** Rows of a SELECT, or of an INSERT … RETURNING. */
export const select = <Row>(connection: Connection, sql: string, parameters: readonly unknown[] = []): Promise<Row[]> =>
  connection.query(sql, [...parameters]);

/** Rows that an UPDATE or DELETE … RETURNING changed. */
export async function change<Row = unknown>(connection: Connection, sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
  const [rows] = await connection.query<[Row[], number]>(sql, [...parameters]);
  return rows;
}
