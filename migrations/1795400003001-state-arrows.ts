import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Of each table with a column `state`: the moves that its rows may make, `From>To`. */
const ARROWS: Readonly<Record<string, string>> = {
  approval: 'Waiting>Approved Waiting>Rejected Waiting>Withdrawn Waiting>Expired',
  billing_run: 'Planned>AwaitingConfirmation AwaitingConfirmation>Confirmed AwaitingConfirmation>Rejected',
  bulk_payment_job:
    'Created>Processing Created>Failed Processing>Completed Processing>Failed Processing>Created ' +
    'Completed>VerifiedCompleted Completed>Processing Failed>Processing',
  discrepancy: 'Open>Accepted Open>Closed',
  line_stop: 'Open>Resolved',
  notification: 'Received>Verified Received>Rejected Rejected>Received',
  outside_refund: 'Suspected>Recorded Suspected>Dismissed Dismissed>Recorded',
  refund:
    'AwaitingRelease>Requested AwaitingRelease>Canceled Requested>Refunding Requested>Failed Requested>Canceled ' +
    'Requested>Refunded Refunding>Refunded Refunding>Failed Refunding>Unknown Refunding>Requested ' +
    'Unknown>Refunded Unknown>Failed',
  subscription:
    'Active>PastDue Active>Paused Active>Canceled Active>Expired PastDue>Active PastDue>Canceled PastDue>Expired ' +
    'Paused>Active Paused>Canceled Paused>Expired',
};

/**
 * The database refuses a move that no transition table knows, whoever makes it. Looked at only by statements that name the
 * column `state`, and called only for rows whose state changes, so that a million of others cost nothing.
 */
export class StateArrows1795400003001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION refuse_unknown_arrow() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF OLD.state || '>' || NEW.state = ANY (TG_ARGV) THEN RETURN NULL; END IF;
        RAISE EXCEPTION '% does not go from % to %', TG_TABLE_NAME, OLD.state, NEW.state
          USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
      END $$`);
    for (const [table, arrows] of Object.entries(ARROWS)) {
      const known = arrows.split(' ').map((arrow) => `'${arrow}'`);
      await runner.query(`
        CREATE TRIGGER ${table}_arrow_known AFTER UPDATE OF state ON ${table}
        FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state)
        EXECUTE FUNCTION refuse_unknown_arrow(${known.join(', ')})`);
    }
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
