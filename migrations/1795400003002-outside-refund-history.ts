import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A dismissed refund may be recorded after all: both decisions are kept. Of before, what the rows still say. */
export class OutsideRefundHistory1795400003002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE outside_refund_history (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        outside_refund_id bigint NOT NULL CONSTRAINT outside_refund_history_of_one REFERENCES outside_refund (id),
        from_state text,
        to_state text NOT NULL,
        cause text NOT NULL,
        actor text NOT NULL,
        reason text,
        at timestamptz NOT NULL
      )`);
    await runner.query(`CREATE INDEX outside_refund_history_of ON outside_refund_history (outside_refund_id, id)`);
    await runner.query(`
      INSERT INTO outside_refund_history (outside_refund_id, to_state, cause, actor, at)
      SELECT outside_refund.id, 'Suspected', 'shown by a lookup', transaction_lookup.actor, found_at
      FROM outside_refund JOIN transaction_lookup ON transaction_lookup.id = lookup_id ORDER BY outside_refund.id`);
    await runner.query(`
      INSERT INTO outside_refund_history (outside_refund_id, from_state, to_state, cause, actor, reason, at)
      SELECT id, 'Suspected', state, CASE state WHEN 'Recorded' THEN 'record' ELSE 'dismiss' END, decided_by, decision_reason, decided_at
      FROM outside_refund WHERE decided_at IS NOT NULL ORDER BY id`);
    await runner.query(`
      CREATE TRIGGER outside_refund_history_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON outside_refund_history
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
