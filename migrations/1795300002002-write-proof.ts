import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The one row that all replicas write to prove that a write is committed. One and not one for each: replicas come and go, and
 * nobody would clean up after them. On its pages there is room, so that writing it again and again does not grow the table.
 */
export class WriteProof1795300002002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE write_proof (
        id boolean PRIMARY KEY DEFAULT true,
        written_at timestamptz,
        CONSTRAINT write_proof_is_one CHECK (id)
      ) WITH (fillfactor = 10)`);
    await runner.query('INSERT INTO write_proof DEFAULT VALUES');
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
