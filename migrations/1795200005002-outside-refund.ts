import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Refunds that T store made without us: what lookups show of them, and how a person records or dismisses it. */
export class OutsideRefund1795200005002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE refund ADD outside boolean NOT NULL DEFAULT false,
        DROP CONSTRAINT refund_sent_tied,
        ADD CONSTRAINT refund_sent_tied CHECK (
          CASE WHEN outside OR state IN ('AwaitingRelease', 'Requested', 'Canceled') THEN sent_at IS NULL
            WHEN state = 'Failed' THEN true ELSE sent_at IS NOT NULL END),
        ADD CONSTRAINT refund_outside_was_made CHECK (NOT outside OR state IN ('Requested', 'Refunded'))`);
    await runner.query(`
      CREATE TABLE outside_refund (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        charge_id bigint NOT NULL CONSTRAINT outside_refund_charge REFERENCES charge (id),
        lookup_id bigint NOT NULL CONSTRAINT outside_refund_lookup REFERENCES transaction_lookup (id),
        shown text NOT NULL,
        state text NOT NULL DEFAULT 'Suspected',
        found_at timestamptz NOT NULL,
        refund_id bigint CONSTRAINT outside_refund_refund REFERENCES refund (id),
        decided_at timestamptz,
        decided_by text,
        decision_reason text,
        CONSTRAINT outside_refund_shown_once UNIQUE (charge_id, shown),
        CONSTRAINT outside_refund_state_known CHECK (state IN ('Suspected', 'Recorded', 'Dismissed')),
        CONSTRAINT outside_refund_recorded_tied CHECK ((state = 'Recorded') = (refund_id IS NOT NULL)),
        CONSTRAINT outside_refund_decided_tied CHECK (
          num_nonnulls(decided_at, decided_by, decision_reason) = CASE state WHEN 'Suspected' THEN 0 ELSE 3 END)
      )`);
    await runner.query(`CREATE INDEX outside_refund_suspected ON outside_refund (id) WHERE state = 'Suspected'`);
    await runner.query(`
      CREATE TRIGGER outside_refund_stays BEFORE DELETE OR TRUNCATE OR UPDATE OF id, charge_id, shown ON outside_refund
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    await letApprovalsBeOf(runner, 'outside-refund');
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

/** Adds to the kinds there are, whichever other migrations have added before. */
async function letApprovalsBeOf(runner: QueryRunner, kind: string): Promise<void> {
  const [known] = (await runner.query(
    `SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint
     WHERE conrelid = 'approval'::regclass AND conname = 'approval_kind_known'`,
  )) as { definition: string }[];
  const kinds = [...(known?.definition.matchAll(/'([a-z-]+)'/g) ?? [])].map(([, name]) => `'${name}'`);
  await runner.query(`
    ALTER TABLE approval DROP CONSTRAINT approval_kind_known,
      ADD CONSTRAINT approval_kind_known CHECK (kind IN (${[...kinds, `'${kind}'`].join(', ')}))`);
}
