import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a product is charged is told by its payments from now on, and beyond them by what second persons let go. What first
 * uploads once put there is small, and lets nothing go that the settings would not.
 */
export class LetGoBySecondPersons1795500300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE upload_product RENAME TO product_let_go');
    await addApprovalKind(runner, 'job-rebill');
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

/** Whatever kinds there are by now. */
async function addApprovalKind(runner: QueryRunner, kind: string): Promise<void> {
  const [known] = (await runner.query(
    `SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint
     WHERE conrelid = 'approval'::regclass AND conname = 'approval_kind_known'`,
  )) as { definition: string }[];
  const kinds = [...(known?.definition.matchAll(/'([a-z-]+)'/g) ?? [])].map(([, name]) => `'${name}'`);
  await runner.query(`ALTER TABLE approval DROP CONSTRAINT approval_kind_known,
    ADD CONSTRAINT approval_kind_known CHECK (kind IN (${[...kinds, `'${kind}'`].join(', ')}))`);
}
