import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Of each table with a column `state`: where its rows may begin. */
const FIRST_STATES: Readonly<Record<string, string>> = {
  approval: 'Waiting',
  billing_run: 'Planned',
  bulk_payment_job: 'Created',
  discrepancy: 'Open',
  line_stop: 'Open',
  notification: 'Received',
  outside_refund: 'Suspected',
  payment_method: 'Active',
  refund: 'AwaitingRelease Requested',
  subscription: 'Active',
};

/** Of each life that keeps a history: its states, and its moves `From>To`, with those that the migrations behind this one add. */
const HISTORIES: Readonly<Record<string, { states: string; arrows: string }>> = {
  approval: {
    states: 'Waiting Approved Rejected Withdrawn Expired',
    arrows: 'Waiting>Approved Waiting>Rejected Waiting>Withdrawn Waiting>Expired',
  },
  billing_run: {
    states: 'Planned AwaitingConfirmation Confirmed Rejected',
    arrows: 'Planned>AwaitingConfirmation AwaitingConfirmation>Confirmed AwaitingConfirmation>Rejected',
  },
  bulk_payment_job: {
    states: 'Created Processing Completed VerifiedCompleted Failed',
    arrows:
      'Created>Processing Created>Failed Processing>Completed Processing>Failed Processing>Created ' +
      'Completed>VerifiedCompleted Completed>Processing Failed>Processing',
  },
  notification: {
    states: 'Received Verified Rejected',
    arrows: 'Received>Verified Received>Rejected Rejected>Received',
  },
  outside_refund: {
    states: 'Suspected Recorded Dismissed',
    arrows: 'Suspected>Recorded Suspected>Dismissed Dismissed>Recorded Recorded>Suspected',
  },
  payment_method: {
    states: 'Active Invalid Replaced Removed',
    arrows: 'Active>Replaced Active>Invalid Active>Removed Invalid>Replaced Invalid>Removed',
  },
  refund: {
    states: 'AwaitingRelease Requested Refunding Unknown Refunded Failed Canceled Reversed',
    arrows:
      'AwaitingRelease>Requested AwaitingRelease>Canceled Requested>Refunding Requested>Failed Requested>Canceled ' +
      'Requested>Refunded Refunding>Refunded Refunding>Failed Refunding>Unknown Refunding>Requested ' +
      'Unknown>Refunded Unknown>Failed Refunded>Reversed',
  },
  subscription: {
    states: 'Active PastDue Paused Canceled Expired',
    arrows:
      'Active>PastDue Active>Paused Active>Canceled Active>Expired PastDue>Active PastDue>Canceled PastDue>Expired ' +
      'Paused>Active Paused>Canceled Paused>Expired',
  },
};

/**
 * The database refuses a row that begins in the middle of its life, and an entry of a history that tells of no move there is.
 * The first is a trigger that is called only for such rows; it comes after the CHECKs, as the one that knows the arrows does.
 *
 * NOT VALID: what was written before stays as it was written (held billing runs were told as opened so), and millions of
 * entries are not read. A replica of the version before can't open a run that is to be held; those of this one do.
 */
export class BirthsAndHistories1795900000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION refuse_unknown_birth() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'no % begins as %', TG_TABLE_NAME, NEW.state
          USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
      END $$`);
    for (const [table, states] of Object.entries(FIRST_STATES)) {
      await runner.query(`
        CREATE TRIGGER ${table}_birth_known AFTER INSERT ON ${table}
        FOR EACH ROW WHEN (NEW.state NOT IN (${quoted(states.split(' '))}))
        EXECUTE FUNCTION refuse_unknown_birth()`);
    }
    for (const [life, { states, arrows }] of Object.entries(HISTORIES)) {
      const entries = [
        // A first entry tells of no move, and a note of none.
        ...(FIRST_STATES[life] ?? '').split(' '),
        ...states.split(' ').map((state) => `${state}>${state}`),
        ...arrows.split(' '),
      ];
      await runner.query(`
        ALTER TABLE ${life}_history ADD CONSTRAINT ${life}_history_move_known
        CHECK (coalesce(from_state || '>', '') || to_state IN (${quoted(entries)})) NOT VALID`);
    }
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

function quoted(words: readonly string[]): string {
  return words.map((word) => `'${word}'`).join(', ');
}
