import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a person decided of a discrepancy, what T store said when asked, and a settlement's reason where it was one. */
export class DiscrepancyDecision1763700000201 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE discrepancy
        ADD decided_at timestamptz,
        ADD decided_by text,
        ADD decision_reason text,
        ADD accepted_as text,
        DROP CONSTRAINT discrepancy_state_known,
        ADD CONSTRAINT discrepancy_state_known CHECK (state IN ('Open', 'Accepted', 'Closed')),
        ADD CONSTRAINT discrepancy_decision_tied CHECK ((state = 'Open') = (decided_at IS NULL)),
        ADD CONSTRAINT discrepancy_decision_whole
          CHECK (num_nonnulls(decided_at, decided_by, decision_reason) IN (0, 3)),
        ADD CONSTRAINT discrepancy_accepted_tied CHECK ((state = 'Accepted') = (accepted_as IS NOT NULL)),
        ADD CONSTRAINT discrepancy_accepted_as_known CHECK (accepted_as IN ('paid', 'declined')),
        ADD CONSTRAINT discrepancy_accepted_has_charge CHECK (state <> 'Accepted' OR charge_id IS NOT NULL)`);
    await runner.query(`CREATE INDEX discrepancy_open ON discrepancy (bulk_payment_job_id) WHERE state = 'Open'`);
    await runner.query(`CREATE INDEX discrepancy_of_charge ON discrepancy (charge_id) WHERE charge_id IS NOT NULL`);
    await runner.query(`
      CREATE TABLE discrepancy_lookup (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        discrepancy_id bigint NOT NULL CONSTRAINT discrepancy_lookup_of REFERENCES discrepancy (id),
        transaction_id text NOT NULL,
        answer text NOT NULL,
        found jsonb,
        message text,
        suggestion text NOT NULL,
        actor text NOT NULL,
        at timestamptz NOT NULL,
        CONSTRAINT discrepancy_lookup_answer_known CHECK (answer IN ('found', 'refused', 'unknown')),
        CONSTRAINT discrepancy_lookup_found_tied CHECK ((answer = 'found') = (found IS NOT NULL))
      )`);
    await runner.query(`CREATE INDEX discrepancy_lookup_latest ON discrepancy_lookup (discrepancy_id, id)`);
    await runner.query(`
      CREATE TRIGGER discrepancy_lookup_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON discrepancy_lookup
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    // A settlement follows from a line of the result file or from a decision, never from both or neither.
    await runner.query(`
      ALTER TABLE settlement
        ALTER result_line_number DROP NOT NULL,
        ADD discrepancy_id bigint,
        ADD CONSTRAINT settlement_follows_from_one CHECK (num_nonnulls(result_line_number, discrepancy_id) = 1)`);
    await runner.query(`
      CREATE UNIQUE INDEX settlement_discrepancy_once ON settlement (discrepancy_id) WHERE discrepancy_id IS NOT NULL`);
    // A payment settles one charge. Lines of a file are compared whole; a decision names its transaction by hand.
    await runner.query(`
      CREATE UNIQUE INDEX settlement_decided_transaction_once ON settlement (transaction_id)
      WHERE discrepancy_id IS NOT NULL AND kind = 'paid'`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
