import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Which key made a key, and one way of writing owners, so that a person stays one however many keys they make or whatever
 * they add to their address.
 */
export class KeyLineage1795200001001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE api_key
        ADD created_by_key_id bigint CONSTRAINT api_key_created_by_key REFERENCES api_key (id),
        ADD stated_owner text,
        DROP CONSTRAINT api_key_role_known,
        ADD CONSTRAINT api_key_role_known CHECK (role IN ('viewer', 'operator', 'finance', 'manager', 'admin')),
        ADD CONSTRAINT api_key_maker_is_older CHECK (created_by_key_id < id)`);
    // A maker is named as "its name (key 42)"; the bootstrap key is none.
    await runner.query(`
      UPDATE api_key SET created_by_key_id = maker.id
      FROM api_key AS maker
      WHERE maker.id = substring(api_key.created_by FROM '\\(key ([1-9][0-9]{0,17})\\)$')::bigint AND maker.id < api_key.id`);
    await writeOwnersOneWay(runner);
    await runner.query(`
      CREATE TRIGGER api_key_maker_stays BEFORE UPDATE OF created_by, created_by_key_id, created_at, stated_owner ON api_key
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    await runner.query(
      `CREATE INDEX api_key_made_by ON api_key (created_by_key_id) WHERE created_by_key_id IS NOT NULL`,
    );
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

/**
 * Owners of before lack what is new in how they are written: tags and dots behind. What was stated is kept beside; owners
 * that were several and are one now are told of, because their keys don't vouch for one another any more.
 */
async function writeOwnersOneWay(runner: QueryRunner): Promise<void> {
  await runner.query(`ALTER TABLE api_key DISABLE TRIGGER api_key_owner_stays`);
  await runner.query(`
    WITH written AS (
      SELECT id, rtrim(split_part(rtrim(local, '.'), '+', 1), '.') || CASE WHEN domain IS NULL THEN '' ELSE '@' || rtrim(domain, '.') END AS owner
      FROM (
        SELECT id, CASE WHEN position('@' IN owner) = 0 THEN owner ELSE regexp_replace(owner, '@[^@]*$', '') END AS local,
          CASE WHEN position('@' IN owner) = 0 THEN NULL ELSE substring(owner FROM '[^@]*$') END AS domain
        FROM api_key) AS part)
    UPDATE api_key SET stated_owner = api_key.owner, owner = written.owner
    FROM written
    WHERE written.id = api_key.id AND written.owner <> api_key.owner AND written.owner ~ '^[a-z0-9][a-z0-9._%+@-]{0,99}$'`);
  await runner.query(`ALTER TABLE api_key ENABLE TRIGGER api_key_owner_stays`);
  await runner.query(`
    DO $$
    DECLARE same record;
    BEGIN
      FOR same IN
        SELECT owner, string_agg(DISTINCT coalesce(stated_owner, owner), ', ') AS stated FROM api_key
        GROUP BY owner HAVING count(DISTINCT coalesce(stated_owner, owner)) > 1
      LOOP
        RAISE WARNING 'owners of API keys that are one person now: % (as %)', same.stated, same.owner;
      END LOOP;
    END
    $$`);
}
