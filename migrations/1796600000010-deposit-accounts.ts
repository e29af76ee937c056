import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addArrows, addMoves } from './add-arrows';
import { addKind } from './add-kind';

/** Payments that wait for a deposit: the account that was issued for one, and orders that wait with it. */
export class DepositAccounts1796600000010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await addState(runner, 'direct_payment', 'Awaited');
    await addArrows(runner, 'direct_payment', [
      'Sending>Awaited',
      'Unknown>Awaited',
      'Awaited>Paid',
      'Awaited>Declined',
      'Awaited>Unknown',
    ]);
    await addMoves(runner, 'direct_payment', ['Awaited>Awaited']);
    await addState(runner, 'customer_order', 'AwaitingDeposit');
    await addArrows(runner, 'customer_order', [
      'Confirming>AwaitingDeposit',
      'InDoubt>AwaitingDeposit',
      'AwaitingDeposit>Paid',
      'AwaitingDeposit>Ready',
      'AwaitingDeposit>InDoubt',
      'AwaitingDeposit>Expired',
      'AwaitingDeposit>Canceled',
    ]);
    await addMoves(runner, 'customer_order', ['AwaitingDeposit>AwaitingDeposit']);
    // Numbers go back to a pool and are given to others: no key, and unique in nothing.
    await runner.query(`
      CREATE TABLE deposit_account (
        direct_payment_id bigint PRIMARY KEY CONSTRAINT deposit_account_payment REFERENCES direct_payment (id),
        transaction_id text NOT NULL,
        bank_code text NOT NULL,
        bank_name text NOT NULL,
        account_number text NOT NULL,
        holder text NOT NULL,
        due_at timestamptz NOT NULL,
        secret_ciphertext bytea,
        secret_key_id text,
        issued_at timestamptz NOT NULL,
        deposited_at timestamptz,
        unwanted_since timestamptz,
        unwanted_because text,
        CONSTRAINT deposit_account_secret_whole CHECK ((secret_ciphertext IS NULL) = (secret_key_id IS NULL)),
        CONSTRAINT deposit_account_unwanted_whole CHECK ((unwanted_since IS NULL) = (unwanted_because IS NULL))
      )`);
    await runner.query(`
      CREATE TRIGGER deposit_account_stays BEFORE DELETE OR TRUNCATE
        OR UPDATE OF direct_payment_id, transaction_id, bank_code, account_number, holder, issued_at ON deposit_account
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    // No row of before is in either.
    await runner.query(`
      CREATE INDEX direct_payment_awaited ON direct_payment (next_attempt_at) WHERE state = 'Awaited'`);
    await runner.query(`
      CREATE INDEX direct_payment_deposited ON direct_payment (next_attempt_at)
      WHERE state = 'Paid' AND next_attempt_at IS NOT NULL`);
    await addKind(runner, 'line_stop', 'deposit-taken-back');
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

/** Adds to the states that a table's CHECK knows. What is there fits it, and is not read. */
async function addState(runner: QueryRunner, table: string, state: string): Promise<void> {
  const [known] = (await runner.query(
    'SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE conrelid = $1::regclass AND conname = $2',
    [table, `${table}_state_known`],
  )) as { definition: string }[];
  const states = [...(known?.definition.matchAll(/'(\w+)'/g) ?? [])].map(([quoted]) => quoted);
  await runner.query(`
    ALTER TABLE ${table} DROP CONSTRAINT ${table}_state_known,
      ADD CONSTRAINT ${table}_state_known CHECK (state IN (${[...states, `'${state}'`].join(', ')})) NOT VALID`);
}
