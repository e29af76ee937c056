import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What gateways said of payments by their order numbers, where a person's decision rests on it; and payments that persons ended as
 * not paid, which are looked up for some days more.
 */
export class PaymentLooks1796500000062 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE direct_payment_look (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        direct_payment_id bigint NOT NULL CONSTRAINT direct_payment_look_of REFERENCES direct_payment (id),
        answer text NOT NULL CONSTRAINT direct_payment_look_answer_known
          CHECK (answer IN ('found', 'not-found', 'refused', 'unknown')),
        found jsonb,
        message text,
        actor text NOT NULL,
        at timestamptz NOT NULL,
        CONSTRAINT direct_payment_look_found_tied CHECK ((answer = 'found') = (found IS NOT NULL))
      )`);
    await runner.query(`CREATE INDEX direct_payment_look_latest ON direct_payment_look (direct_payment_id, id)`);
    await runner.query(`
      CREATE TRIGGER direct_payment_look_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON direct_payment_look
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    await runner.query(`
      CREATE INDEX direct_payment_watched ON direct_payment (next_attempt_at)
      WHERE state = 'Declined' AND next_attempt_at IS NOT NULL`);
    await runner.query(`
      UPDATE direct_payment SET next_attempt_at = ended_at
      WHERE state = 'Declined' AND result_code = 'by-decision'`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
