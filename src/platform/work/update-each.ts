import type { SqlSession } from '../database';
import { Statement } from './statement';

/** Writes what is no move and has no history of several rows, each by its id with values of its own for the same members. */
export async function updateEach<Row extends { id: string }>(
  session: SqlSession,
  entity: new () => Row,
  rows: readonly (Partial<Row> & { id: string })[],
): Promise<void> {
  const statement = new Statement(session, entity);
  const sql = statement.updateOfEach(rows.map(({ id, ...changes }) => ({ id, changes })));
  await session.execute(sql, statement.parameters);
}
