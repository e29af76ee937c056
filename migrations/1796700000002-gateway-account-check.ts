import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Which secrets of which gateway account its gateway accepts or refuses. Replicas that are set up otherwise have others, so
 * each has a row of its own; `in_use_at` tells which are still used. A token tells by which secrets it was had.
 */
export class GatewayAccountCheck1796700000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE gateway_account_check (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        gateway_account text NOT NULL CONSTRAINT gateway_account_check_account REFERENCES gateway_account (id),
        credentials text NOT NULL,
        in_use_at timestamptz NOT NULL,
        verdict text CONSTRAINT gateway_account_check_verdict_known CHECK (verdict IN ('accepted', 'refused')),
        detail text,
        act text,
        judged_at timestamptz,
        attempts integer NOT NULL DEFAULT 0,
        next_check_at timestamptz,
        CONSTRAINT gateway_account_check_once UNIQUE (gateway_account, credentials),
        CONSTRAINT gateway_account_check_whole CHECK (num_nonnulls(verdict, detail, act, judged_at) IN (0, 4)),
        CONSTRAINT gateway_account_check_goes_on CHECK (verdict = 'accepted' OR next_check_at IS NOT NULL)
      )`);
    await runner.query('ALTER TABLE oauth_token ADD COLUMN made_with_credentials text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE oauth_token DROP COLUMN made_with_credentials');
    await runner.query('DROP TABLE gateway_account_check');
  }
}
