import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What names an account and a gateway names one of that gateway, and a charge is settled as its own gateway's. What T store's
 * charges and lines bring by the million is held by the job they are made from, and pays for none of these.
 */
export class AccountsOfTheirGateway1795800000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE bulk_payment_job
        ADD gateway text NOT NULL DEFAULT 'tstore',
        ADD CONSTRAINT bulk_payment_job_is_tstores CHECK (gateway = 'tstore')`);
    for (const table of ['bulk_payment_job', 'refund']) {
      await runner.query(`
        ALTER TABLE ${table} DROP CONSTRAINT ${table}_gateway_account,
          ADD CONSTRAINT ${table}_gateway_account
            FOREIGN KEY (gateway_account, gateway) REFERENCES gateway_account (id, gateway)`);
    }
    await runner.query(`
      ALTER TABLE transaction_lookup ADD CONSTRAINT transaction_lookup_gateway_account
        FOREIGN KEY (gateway_account, gateway) REFERENCES gateway_account (id, gateway)`);
    await runner.query(`
      CREATE FUNCTION refuse_account_of_another() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF EXISTS (SELECT FROM gateway_account WHERE id = NEW.gateway_account AND gateway = NEW.gateway) THEN
          RETURN NULL;
        END IF;
        RAISE EXCEPTION '% is no account of %', NEW.gateway_account, NEW.gateway
          USING ERRCODE = 'foreign_key_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
      END
      $$`);
    await runner.query(`
      CREATE TRIGGER charge_gateway_account AFTER INSERT ON charge
      FOR EACH ROW WHEN (NEW.gateway <> 'tstore') EXECUTE FUNCTION refuse_account_of_another()`);
    await settleAsItsOwn(runner);
    await splitWhatTstoreSells(runner);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

/** A line of a result settles a charge of its job, and those are T store's by CHECK; whatever else settles is looked at. */
async function settleAsItsOwn(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE FUNCTION refuse_settlement_of_another() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.gateway = (SELECT gateway FROM charge WHERE id = NEW.charge_id) THEN RETURN NULL; END IF;
      RAISE EXCEPTION 'charge % is not one of %', NEW.charge_id, NEW.gateway
        USING ERRCODE = 'foreign_key_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END
    $$`);
  await runner.query(`
    CREATE TRIGGER settlement_gateway_of_charge AFTER INSERT ON settlement
    FOR EACH ROW WHEN (NEW.gateway <> 'tstore' OR NEW.result_line_number IS NULL)
    EXECUTE FUNCTION refuse_settlement_of_another()`);
}

/** T store's three parts are of what T store collects; what others collect has an amount. */
async function splitWhatTstoreSells(runner: QueryRunner): Promise<void> {
  const parts = ['carrier_amount', 'credit_card_amount', 'tmembership_amount'];
  await runner.query(`
    ALTER TABLE product
      ${parts.map((part) => `ALTER ${part} DROP NOT NULL,`).join('\n      ')}
      ADD CONSTRAINT product_parts_whole CHECK (num_nonnulls(${parts.join(', ')}) IN (0, ${parts.length}))`);
  await runner.query(`
    CREATE FUNCTION refuse_parts_of_another() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF (SELECT gateway = 'tstore' FROM gateway_account WHERE id = NEW.gateway_account)
        IS DISTINCT FROM (NEW.carrier_amount IS NOT NULL)
      THEN
        RAISE EXCEPTION 'a price has T store''s parts if T store collects it, and no others'
          USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
      END IF;
      RETURN NULL;
    END
    $$`);
  await runner.query(`
    CREATE TRIGGER product_parts_are_tstores AFTER INSERT OR UPDATE OF gateway_account, ${parts.join(', ')} ON product
    FOR EACH ROW EXECUTE FUNCTION refuse_parts_of_another()`);
}
