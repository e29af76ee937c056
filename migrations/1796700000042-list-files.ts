import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addArrows } from './add-arrows';

/**
 * Lists that people download from a gateway's own site: what a gateway that lists nothing by its API has of a day beside what we asked
 * for. A day that is under way begins anew when one comes that tells of it.
 */
export class ListFiles1796700000042 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE list_file (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        gateway text NOT NULL,
        gateway_account text NOT NULL CONSTRAINT list_file_account REFERENCES gateway_account (id),
        digest bytea NOT NULL CONSTRAINT list_file_digest_length CHECK (length(digest) = 32),
        encoding text NOT NULL CONSTRAINT list_file_encoding_known CHECK (encoding IN ('utf-8', 'euc-kr')),
        columns jsonb NOT NULL,
        payment_count integer NOT NULL,
        refund_count integer NOT NULL,
        ignored_count integer NOT NULL,
        from_day date,
        to_day date,
        imported_by text NOT NULL,
        imported_at timestamptz NOT NULL,
        CONSTRAINT list_file_once UNIQUE (gateway_account, digest),
        CONSTRAINT list_file_days_tied CHECK ((from_day IS NULL) = (to_day IS NULL) AND (from_day IS NULL) = (payment_count + refund_count = 0))
      )`);
    await runner.query(`
      CREATE TABLE list_file_row (
        list_file_id bigint NOT NULL CONSTRAINT list_file_row_of_one REFERENCES list_file (id),
        line integer NOT NULL,
        gateway_account text NOT NULL,
        act_id text NOT NULL,
        -- Whether the file itself tells this apart from others of the same payment.
        is_named boolean NOT NULL,
        day date NOT NULL,
        at timestamptz NOT NULL,
        kind text NOT NULL CONSTRAINT list_file_row_kind_known CHECK (kind IN ('payment', 'refund')),
        status text NOT NULL,
        transaction_id text NOT NULL,
        order_no text NOT NULL,
        amount bigint NOT NULL CONSTRAINT list_file_row_amount_whole CHECK (amount >= 0),
        fee bigint,
        pay_out bigint,
        paid_out_on date,
        CONSTRAINT list_file_row_once PRIMARY KEY (list_file_id, line),
        CONSTRAINT list_file_row_payout_whole CHECK ((fee IS NULL) = (pay_out IS NULL))
      )`);
    await runner.query(`CREATE INDEX list_file_row_of_day ON list_file_row (gateway_account, day)`);
    await runner.query(`CREATE INDEX list_file_row_of_payment ON list_file_row (gateway_account, transaction_id)`);
    for (const table of ['list_file', 'list_file_row']) {
      await runner.query(`
        CREATE TRIGGER ${table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table}
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    }
    await addArrows(runner, 'tie_out', ['Settling>Listing', 'Looking>Listing']);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
