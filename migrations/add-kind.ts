import type { QueryRunner } from 'typeorm';

/** Adds to the kinds that a table's CHECK `<table>_kind_known` knows, whichever other migrations have added before. */
export async function addKind(runner: QueryRunner, table: string, kind: string): Promise<void> {
  const [known] = (await runner.query(
    `SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE conrelid = $1::regclass AND conname = $2`,
    [table, `${table}_kind_known`],
  )) as { definition: string }[];
  const kinds = [...(known?.definition.matchAll(/'([a-z-]+)'/g) ?? [])].map(([quoted]) => quoted);
  await runner.query(`ALTER TABLE ${table} DROP CONSTRAINT ${table}_kind_known,
    ADD CONSTRAINT ${table}_kind_known CHECK (kind IN (${[...kinds, `'${kind}'`].join(', ')}))`);
}
