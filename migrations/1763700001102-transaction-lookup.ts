import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What T store said of transactions, shared by all who ask; and the paces that all replicas keep together. */
export class TransactionLookup1763700001102 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE pace (name text PRIMARY KEY, next_at timestamptz NOT NULL)`);
    await runner.query(`
      CREATE TABLE transaction_lookup (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        transaction_id text NOT NULL,
        answer text NOT NULL,
        found jsonb,
        message text,
        actor text NOT NULL,
        at timestamptz NOT NULL,
        CONSTRAINT transaction_lookup_answer_known CHECK (answer IN ('found', 'refused', 'unknown')),
        CONSTRAINT transaction_lookup_found_tied CHECK ((answer = 'found') = (found IS NOT NULL))
      )`);
    await runner.query(`CREATE INDEX transaction_lookup_latest ON transaction_lookup (transaction_id, id)`);
    await runner.query(`
      CREATE TRIGGER transaction_lookup_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON transaction_lookup
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
