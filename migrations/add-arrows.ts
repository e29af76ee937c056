import type { QueryRunner } from 'typeorm';

/** Adds moves to those that a life's trigger and its history know, whichever other migrations have added before. */
export async function addArrows(runner: QueryRunner, table: string, arrows: readonly string[]): Promise<void> {
  const trigger = await definitionOf(
    runner,
    'SELECT pg_get_triggerdef(oid) AS definition FROM pg_trigger WHERE tgrelid = $1::regclass AND tgname = $2',
    [table, `${table}_arrow_known`],
  );
  const known = [...trigger.matchAll(/'(\w+>\w+)'/g)].map(([, arrow]) => arrow);
  await runner.query(`DROP TRIGGER ${table}_arrow_known ON ${table}`);
  await runner.query(`
    CREATE TRIGGER ${table}_arrow_known AFTER UPDATE OF state ON ${table}
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state)
    EXECUTE FUNCTION refuse_unknown_arrow(${quoted([...known, ...arrows])})`);
  await addMoves(runner, table, arrows);
}

/** Adds entries to those that a life's history may have: moves `From>To`, and notes `State>State`. What is there is not read. */
export async function addMoves(runner: QueryRunner, table: string, moves: readonly string[]): Promise<void> {
  const check = await definitionOf(
    runner,
    'SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE conrelid = $1::regclass AND conname = $2',
    [`${table}_history`, `${table}_history_move_known`],
  );
  const known = [...check.matchAll(/'(\w+(?:>\w+)?)'::text/g)].map(([, move]) => move);
  await runner.query(`ALTER TABLE ${table}_history DROP CONSTRAINT ${table}_history_move_known`);
  await runner.query(`
    ALTER TABLE ${table}_history ADD CONSTRAINT ${table}_history_move_known
    CHECK (coalesce(from_state || '>', '') || to_state IN (${quoted([...known, ...moves])})) NOT VALID`);
}

async function definitionOf(runner: QueryRunner, sql: string, parameters: string[]): Promise<string> {
  const [found] = (await runner.query(sql, parameters)) as { definition: string }[];
  return found?.definition ?? '';
}

function quoted(words: readonly (string | undefined)[]): string {
  return words.map((word) => `'${word}'`).join(', ');
}
