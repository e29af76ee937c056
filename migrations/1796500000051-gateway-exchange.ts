import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What went over the wire for money: the request before the call, the answer after it. What has ended stays as it is, but for
 * its ciphertext, which is encrypted anew with a new key; rows are taken away when they are old.
 */
export class GatewayExchange1796500000051 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE gateway_exchange (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        gateway text NOT NULL,
        gateway_account text NOT NULL CONSTRAINT gateway_exchange_account REFERENCES gateway_account (id),
        operation text NOT NULL CONSTRAINT gateway_exchange_operation_known CHECK (operation IN
          ('confirm', 'charge', 'refund', 'issue-method', 'remove-method', 'issue-account', 'look-up')),
        order_no text,
        transaction_id text,
        idempotency_key_hash bytea CONSTRAINT gateway_exchange_key_hashed CHECK (octet_length(idempotency_key_hash) = 32),
        started_at timestamptz NOT NULL,
        ended_at timestamptz,
        http_status integer,
        outcome text CONSTRAINT gateway_exchange_outcome_known
          CHECK (outcome IN ('success', 'declined', 'refused', 'unknown')),
        result_code text,
        trace_id text,
        seal uuid NOT NULL CONSTRAINT gateway_exchange_seal_once UNIQUE,
        ciphertext bytea NOT NULL,
        key_id text NOT NULL,
        CONSTRAINT gateway_exchange_end_whole CHECK ((ended_at IS NULL) = (outcome IS NULL)),
        CONSTRAINT gateway_exchange_answer_tied CHECK (ended_at IS NOT NULL OR num_nonnulls(http_status, result_code, trace_id) = 0),
        CONSTRAINT gateway_exchange_lookup_ended CHECK (operation <> 'look-up' OR ended_at IS NOT NULL)
      )`);
    await runner.query(`CREATE INDEX gateway_exchange_of_order ON gateway_exchange (order_no, id)`);
    await runner.query(`CREATE INDEX gateway_exchange_of_transaction ON gateway_exchange (transaction_id, id)`);
    await runner.query(`CREATE INDEX gateway_exchange_by_age ON gateway_exchange (started_at)`);
    await runner.query(`
      CREATE TRIGGER gateway_exchange_stays BEFORE TRUNCATE OR UPDATE OF id, gateway, gateway_account, operation, order_no,
        transaction_id, idempotency_key_hash, started_at, seal ON gateway_exchange
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    await runner.query(`
      CREATE TRIGGER gateway_exchange_end_stays BEFORE UPDATE ON gateway_exchange
      FOR EACH ROW WHEN (OLD.ended_at IS NOT NULL AND (OLD.ended_at, OLD.http_status, OLD.outcome, OLD.result_code, OLD.trace_id)
        IS DISTINCT FROM (NEW.ended_at, NEW.http_status, NEW.outcome, NEW.result_code, NEW.trace_id))
      EXECUTE FUNCTION refuse_change()`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
