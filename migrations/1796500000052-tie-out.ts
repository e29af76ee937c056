import type { MigrationInterface, QueryRunner } from 'typeorm';

const MOVES: Readonly<Record<'tie_out' | 'tie_out_difference', { birth: string; states: string[]; arrows: string[] }>> =
  {
    tie_out: {
      birth: 'Listing',
      states: ['Listing', 'Settling', 'Looking', 'Done'],
      arrows: ['Listing>Settling', 'Settling>Looking', 'Looking>Done', 'Done>Listing'],
    },
    tie_out_difference: {
      birth: 'Open',
      states: ['Open', 'Explained', 'Cleared'],
      arrows: ['Open>Explained', 'Open>Cleared', 'Explained>Open', 'Cleared>Open'],
    },
  };

/**
 * Each day of a gateway account held against the gateway's own lists: how far that is, what the lists say, and what differs. The
 * lists are kept row by row under the gateway's ids, so that a page that is read twice is there once.
 */
export class TieOut1796500000052 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE tie_out (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        gateway text NOT NULL,
        gateway_account text NOT NULL CONSTRAINT tie_out_account REFERENCES gateway_account (id),
        day date NOT NULL,
        state text NOT NULL CONSTRAINT tie_out_state_known CHECK (state IN ('Listing', 'Settling', 'Looking', 'Done')),
        from_day date NOT NULL,
        to_day date NOT NULL,
        cursor text,
        page_count integer NOT NULL DEFAULT 0,
        requested_by text NOT NULL,
        requested_at timestamptz NOT NULL,
        finished_at timestamptz,
        lease_id uuid,
        lease_until timestamptz,
        attempts integer NOT NULL DEFAULT 0,
        next_attempt_at timestamptz,
        last_error text,
        CONSTRAINT tie_out_once UNIQUE (gateway_account, day),
        CONSTRAINT tie_out_span CHECK (day BETWEEN from_day AND to_day),
        CONSTRAINT tie_out_lease_whole CHECK ((lease_id IS NULL) = (lease_until IS NULL)),
        CONSTRAINT tie_out_finished_tied CHECK ((state = 'Done') = (finished_at IS NOT NULL))
      )`);
    await runner.query(`CREATE INDEX tie_out_unfinished ON tie_out (id) WHERE finished_at IS NULL`);
    await runner.query(`
      CREATE TABLE tie_out_difference (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        gateway text NOT NULL,
        gateway_account text NOT NULL CONSTRAINT tie_out_difference_account REFERENCES gateway_account (id),
        day date NOT NULL,
        subject text NOT NULL,
        kind text NOT NULL CONSTRAINT tie_out_difference_kind_known
          CHECK (kind IN ('amount', 'state', 'only-ours', 'only-theirs')),
        movement text NOT NULL CONSTRAINT tie_out_difference_movement_known CHECK (movement IN ('payment', 'refund', 'payout')),
        state text NOT NULL CONSTRAINT tie_out_difference_state_known CHECK (state IN ('Open', 'Explained', 'Cleared')),
        order_no text,
        transaction_id text,
        act_id text,
        our_amount bigint,
        their_amount bigint,
        our_state text,
        their_state text,
        found_at timestamptz NOT NULL,
        looked_up_at timestamptz,
        decided_at timestamptz,
        decided_by text,
        decision_reason text,
        CONSTRAINT tie_out_difference_once UNIQUE (gateway_account, subject, kind),
        CONSTRAINT tie_out_difference_decided_tied
          CHECK ((state = 'Explained') = (decided_at IS NOT NULL) AND num_nonnulls(decided_at, decided_by, decision_reason) IN (0, 3))
      )`);
    await runner.query(`CREATE INDEX tie_out_difference_of_day ON tie_out_difference (gateway_account, day)`);
    await runner.query(`CREATE INDEX tie_out_difference_open ON tie_out_difference (id) WHERE state = 'Open'`);
    await runner.query(`CREATE TABLE tie_out_history (${historyOf('tie_out')})`);
    await livesOf(runner, 'tie_out', 'id, gateway, gateway_account, day');
    await runner.query(`CREATE TABLE tie_out_difference_history (${historyOf('tie_out_difference')})`);
    await livesOf(runner, 'tie_out_difference', 'id, gateway, gateway_account, subject, kind, movement, found_at');
    await runner.query(`
      CREATE TABLE gateway_transaction (
        gateway_account text NOT NULL CONSTRAINT gateway_transaction_account REFERENCES gateway_account (id),
        act_id text NOT NULL,
        gateway text NOT NULL,
        day date NOT NULL,
        at timestamptz NOT NULL,
        kind text NOT NULL CONSTRAINT gateway_transaction_kind_known CHECK (kind IN ('payment', 'refund', 'other')),
        status text NOT NULL,
        transaction_id text NOT NULL,
        order_no text NOT NULL,
        amount bigint NOT NULL CONSTRAINT gateway_transaction_amount_whole CHECK (amount >= 0),
        currency text NOT NULL,
        CONSTRAINT gateway_transaction_once PRIMARY KEY (gateway_account, act_id)
      )`);
    await runner.query(`CREATE INDEX gateway_transaction_of_day ON gateway_transaction (gateway_account, day)`);
    await runner.query(`CREATE INDEX gateway_transaction_of_payment ON gateway_transaction (transaction_id)`);
    await runner.query(`
      CREATE TABLE gateway_settlement (
        gateway_account text NOT NULL CONSTRAINT gateway_settlement_account REFERENCES gateway_account (id),
        act_id text NOT NULL,
        gateway text NOT NULL,
        kind text NOT NULL CONSTRAINT gateway_settlement_kind_known CHECK (kind IN ('payment', 'refund')),
        transaction_id text NOT NULL,
        order_no text NOT NULL,
        currency text NOT NULL,
        amount bigint NOT NULL,
        fee bigint NOT NULL,
        pay_out bigint NOT NULL,
        sold_on date NOT NULL,
        paid_out_on date,
        CONSTRAINT gateway_settlement_once PRIMARY KEY (gateway_account, act_id)
      )`);
    await runner.query(`CREATE INDEX gateway_settlement_sold ON gateway_settlement (gateway_account, sold_on)`);
    await runner.query(`CREATE INDEX gateway_settlement_paid_out ON gateway_settlement (gateway_account, paid_out_on)`);
    await runner.query(`CREATE INDEX settlement_settled ON settlement (settled_at) WHERE gateway <> 'tstore'`);
    await runner.query(`CREATE INDEX refund_ended ON refund (ended_at) WHERE gateway <> 'tstore'`);
    await runner.query(`CREATE INDEX refund_of_payment ON refund (transaction_id) WHERE gateway <> 'tstore'`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

/** What a history keeps of each entry, and which there may be. */
function historyOf(table: keyof typeof MOVES): string {
  const { birth, states, arrows } = MOVES[table];
  return `
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      ${table}_id bigint NOT NULL CONSTRAINT ${table}_history_of_one REFERENCES ${table} (id),
      from_state text,
      to_state text NOT NULL,
      cause text NOT NULL,
      actor text NOT NULL,
      reason text,
      at timestamptz NOT NULL,
      CONSTRAINT ${table}_history_move_known CHECK (coalesce(from_state || '>', '') || to_state IN
        (${quoted([birth, ...states.map((state) => `${state}>${state}`), ...arrows])}))`;
}

function quoted(texts: readonly string[]): string {
  return texts.map((text) => `'${text}'`).join(', ');
}

/** The arrows that there are, and what of it and of its history never changes. */
async function livesOf(runner: QueryRunner, table: keyof typeof MOVES, kept: string): Promise<void> {
  const { birth, arrows } = MOVES[table];
  await runner.query(`CREATE INDEX ${table}_history_of ON ${table}_history (${table}_id, id)`);
  await runner.query(`
    CREATE TRIGGER ${table}_history_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table}_history
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
  await runner.query(`
    CREATE TRIGGER ${table}_stays BEFORE DELETE OR TRUNCATE OR UPDATE OF ${kept} ON ${table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
  await runner.query(`
    CREATE TRIGGER ${table}_arrow_known AFTER UPDATE OF state ON ${table}
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION refuse_unknown_arrow(${quoted(arrows)})`);
  await runner.query(`
    CREATE TRIGGER ${table}_birth_known AFTER INSERT ON ${table}
    FOR EACH ROW WHEN (NEW.state NOT IN ('${birth}')) EXECUTE FUNCTION refuse_unknown_birth()`);
}
