import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addKind } from './add-kind';

/** Charges that one call collects each: what is sent, under which key, and what came of it. */
export class DirectPayment1796200000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE direct_payment (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        charge_id bigint NOT NULL CONSTRAINT direct_payment_charge REFERENCES charge (id)
          CONSTRAINT direct_payment_charge_once UNIQUE,
        gateway text NOT NULL,
        gateway_account text NOT NULL CONSTRAINT direct_payment_gateway_account REFERENCES gateway_account (id),
        origin text NOT NULL CONSTRAINT direct_payment_origin_known CHECK (origin IN ('checkout', 'method')),
        state text NOT NULL CONSTRAINT direct_payment_state_known
          CHECK (state IN ('Pending', 'Sending', 'Unknown', 'Paid', 'Declined', 'Canceled')),
        idempotency_key uuid NOT NULL CONSTRAINT direct_payment_key_once UNIQUE,
        reference_ciphertext bytea NOT NULL,
        reference_key_id text NOT NULL,
        created_at timestamptz NOT NULL,
        sent_by text,
        sending_id uuid,
        sent_at timestamptz,
        doubt text,
        in_doubt_since timestamptz,
        transaction_id text,
        result_code text,
        result_message text,
        ended_at timestamptz,
        lease_id uuid,
        lease_until timestamptz,
        attempts integer NOT NULL DEFAULT 0,
        next_attempt_at timestamptz,
        last_error text,
        CONSTRAINT direct_payment_lease_whole CHECK ((lease_id IS NULL) = (lease_until IS NULL)),
        CONSTRAINT direct_payment_sending_whole CHECK (sending_id IS NULL OR sent_at IS NOT NULL),
        CONSTRAINT direct_payment_sent_tied CHECK (state NOT IN ('Sending', 'Unknown', 'Paid') OR sent_at IS NOT NULL),
        CONSTRAINT direct_payment_doubt_whole CHECK ((doubt IS NULL) = (in_doubt_since IS NULL)),
        CONSTRAINT direct_payment_unknown_has_doubt CHECK (state <> 'Unknown' OR doubt IS NOT NULL),
        CONSTRAINT direct_payment_paid_has_transaction CHECK (state <> 'Paid' OR transaction_id IS NOT NULL),
        CONSTRAINT direct_payment_ended_tied CHECK ((state IN ('Paid', 'Declined', 'Canceled')) = (ended_at IS NOT NULL)),
        CONSTRAINT direct_payment_ended_has_result CHECK (num_nonnulls(ended_at, result_code, result_message) IN (0, 3))
      )`);
    await runner.query(`CREATE INDEX direct_payment_unended ON direct_payment (id) WHERE ended_at IS NULL`);
    await runner.query(`
      CREATE TRIGGER direct_payment_stays BEFORE DELETE OR TRUNCATE
        OR UPDATE OF id, charge_id, gateway, gateway_account, origin, idempotency_key ON direct_payment
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    await runner.query(`
      CREATE TRIGGER direct_payment_arrow_known AFTER UPDATE OF state ON direct_payment
      FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state)
      EXECUTE FUNCTION refuse_unknown_arrow('Pending>Sending', 'Pending>Declined', 'Pending>Canceled', 'Sending>Paid',
        'Sending>Declined', 'Sending>Unknown', 'Sending>Pending', 'Unknown>Paid', 'Unknown>Declined', 'Unknown>Sending')`);
    await runner.query(`
      CREATE TRIGGER direct_payment_birth_known AFTER INSERT ON direct_payment
      FOR EACH ROW WHEN (NEW.state NOT IN ('Pending')) EXECUTE FUNCTION refuse_unknown_birth()`);
    await runner.query(`
      CREATE TABLE direct_payment_history (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        direct_payment_id bigint NOT NULL CONSTRAINT direct_payment_history_of_one REFERENCES direct_payment (id),
        from_state text,
        to_state text NOT NULL,
        cause text NOT NULL,
        actor text NOT NULL,
        reason text,
        at timestamptz NOT NULL,
        CONSTRAINT direct_payment_history_move_known CHECK (coalesce(from_state || '>', '') || to_state IN ('Pending',
          'Pending>Pending', 'Sending>Sending', 'Unknown>Unknown', 'Paid>Paid', 'Declined>Declined', 'Canceled>Canceled',
          'Pending>Sending', 'Pending>Declined', 'Pending>Canceled', 'Sending>Paid', 'Sending>Declined', 'Sending>Unknown',
          'Sending>Pending', 'Unknown>Paid', 'Unknown>Declined', 'Unknown>Sending'))
      )`);
    await runner.query(`CREATE INDEX direct_payment_history_of ON direct_payment_history (direct_payment_id, id)`);
    await runner.query(`
      CREATE TRIGGER direct_payment_history_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON direct_payment_history
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    await tellWhatWasSent(runner);
    await addKind(runner, 'approval', 'payment-doubt');
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

/** What a charge's state reads of whoever sends it alone, as `charge_sent` is for what is sent in files. */
async function tellWhatWasSent(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE VIEW charge_sent_alone AS
    SELECT charge_id, sent_at, sent_at IS NOT NULL AND ended_at IS NULL AS is_awaited FROM direct_payment`);
}
