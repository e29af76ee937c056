import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Whose a key is. One person may hold several, so it is owners, not keys, that make a second person of somebody; and the
 * audit log tells them.
 */
export class KeyOwner1795000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await giveKeysOwners(runner);
    await runner.query(`ALTER TABLE audit_entry ADD owner text`);
    await runner.query(`CREATE INDEX audit_entry_of_owner ON audit_entry (owner, id)`);
    await tellRefundsApart(runner);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

/** Whose the keys before were nobody has written down: all are one owner's, so that none of them vouches for another. */
async function giveKeysOwners(runner: QueryRunner): Promise<void> {
  await runner.query(`ALTER TABLE api_key ADD owner text NOT NULL DEFAULT 'unstated'`);
  await runner.query(`
    ALTER TABLE api_key
      ALTER owner DROP DEFAULT,
      ADD CONSTRAINT api_key_owner_written CHECK (owner ~ '^[a-z0-9][a-z0-9._%+@-]{0,99}$')`);
  await runner.query(`
    CREATE TRIGGER api_key_owner_stays BEFORE UPDATE OF id, owner ON api_key
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
}

/** Refunds of before keep the names of keys as owners: those are all that is known of them. */
async function tellRefundsApart(runner: QueryRunner): Promise<void> {
  await runner.query(`ALTER TABLE refund ADD requested_by_owner text, ADD released_by_owner text`);
  await runner.query(`UPDATE refund SET requested_by_owner = requested_by, released_by_owner = released_by`);
  await runner.query(`
    ALTER TABLE refund
      ALTER requested_by_owner SET NOT NULL,
      ADD CONSTRAINT refund_released_by_second_owner CHECK (released_by_owner <> requested_by_owner),
      ADD CONSTRAINT refund_releaser_whole CHECK ((released_by IS NULL) = (released_by_owner IS NULL))`);
  await runner.query(`
    CREATE TRIGGER refund_orderer_stays BEFORE UPDATE OF requested_by, requested_by_owner ON refund
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
}
