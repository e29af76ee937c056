import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addKind } from './add-kind';

/**
 * What persons recorded as a refund, and was none, is reversed: the refund counts no more, and an entry of the settlement log
 * says so. A refund that they said was made against an unchanged record is looked at again, and stops the line where it stays so.
 */
export class RefundReversal1796000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await letRefundsBeReversed(runner);
    await letLogTellReversals(runner);
    await addKind(runner, 'approval', 'refund-reversal');
    await addKind(runner, 'line_stop', 'refund-not-made');
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

async function letRefundsBeReversed(runner: QueryRunner): Promise<void> {
  await runner.query(`
    ALTER TABLE refund
      DROP CONSTRAINT refund_state_known,
      DROP CONSTRAINT refund_ended_tied,
      DROP CONSTRAINT refund_outside_was_made,
      ADD CONSTRAINT refund_state_known CHECK (state IN ('AwaitingRelease', 'Requested', 'Refunding', 'Unknown', 'Refunded',
        'Failed', 'Canceled', 'Reversed')),
      ADD CONSTRAINT refund_ended_tied CHECK (
        (state IN ('Refunded', 'Failed', 'Canceled', 'Reversed')) = (ended_at IS NOT NULL)),
      ADD CONSTRAINT refund_outside_was_made CHECK (NOT outside OR state IN ('Requested', 'Refunded', 'Reversed'))`);
  await addArrow(runner, 'refund', 'Refunded>Reversed');
  await addArrow(runner, 'outside_refund', 'Recorded>Suspected');
  await runner.query(`
    CREATE FUNCTION uncount_refund() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      UPDATE refund_total SET refunded_amount = refunded_amount - NEW.amount WHERE charge_id = NEW.charge_id;
      UPDATE payment_refund_total SET refunded_amount = refunded_amount - NEW.amount
      WHERE transaction_id = NEW.transaction_id AND gateway = NEW.gateway;
      RETURN NULL;
    END
    $$`);
  await runner.query(`
    CREATE TRIGGER refund_reversed AFTER UPDATE OF state ON refund FOR EACH ROW
    WHEN (OLD.state = 'Refunded' AND NEW.state = 'Reversed') EXECUTE FUNCTION uncount_refund()`);
  await runner.query(`
    CREATE INDEX refund_to_look_at ON refund (next_attempt_at) WHERE state = 'Refunded' AND next_attempt_at IS NOT NULL`);
}

/** A refund is told once, and so is its reversal. */
async function letLogTellReversals(runner: QueryRunner): Promise<void> {
  await runner.query(`
    ALTER TABLE settlement
      DROP CONSTRAINT settlement_kind_known,
      DROP CONSTRAINT settlement_refund_tied,
      ADD CONSTRAINT settlement_kind_known CHECK (
        kind IN ('paid', 'declined', 'closed', 'refunded', 'partially-refunded', 'refund-reversed')),
      ADD CONSTRAINT settlement_refund_tied CHECK (
        (refund_id IS NOT NULL) = (kind IN ('refunded', 'partially-refunded', 'refund-reversed')))`);
  await runner.query('DROP INDEX settlement_refund_once');
  await runner.query(`
    CREATE UNIQUE INDEX settlement_refund_once ON settlement (refund_id, (kind = 'refund-reversed'))
    WHERE refund_id IS NOT NULL`);
}

/** Adds to the arrows there are, whichever other migrations have added before. */
async function addArrow(runner: QueryRunner, table: string, arrow: string): Promise<void> {
  const [known] = (await runner.query(`SELECT pg_get_triggerdef(oid) AS definition FROM pg_trigger WHERE tgname = $1`, [
    `${table}_arrow_known`,
  ])) as { definition: string }[];
  const arrows = [...(known?.definition.matchAll(/'(\w+>\w+)'/g) ?? [])].map(([quoted]) => quoted);
  await runner.query(`
    CREATE OR REPLACE TRIGGER ${table}_arrow_known AFTER UPDATE OF state ON ${table}
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state)
    EXECUTE FUNCTION refuse_unknown_arrow(${[...arrows, `'${arrow}'`].join(', ')})`);
}
