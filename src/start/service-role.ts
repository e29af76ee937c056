import type { SqlSession, SqlTransaction } from '../platform/database';

/** Tables whose rows the service takes away when they have served; it may of no other. */
const TAKEN_FROM = ['gateway_exchange', 'idempotency_key', 'notification', 'refused_result_file'];
/** Tables that only migrations write. */
const MIGRATIONS_ONLY = ['schema_migration'];

interface Right {
  /** Such as `TABLE product`. */
  place: string;
  /** Such as `UPDATE (state, ended_at)`. */
  right: string;
  isHeld: boolean;
}

/**
 * All that the service needs of its database, and whether a role has it. What may be changed follows from the triggers that
 * refuse statements: a table or column they keep as it is can't be updated by right either, so the two never part.
 */
const RIGHTS = `
  WITH who AS (SELECT coalesce($1, current_user)::name AS name),
  kept AS (
    SELECT tgrelid AS oid, tgattr::int2[] AS columns FROM pg_trigger
    WHERE tgfoid = 'public.refuse_change'::regproc AND tgtype & 16 <> 0 AND tgtype & 1 = 0),
  part AS (
    SELECT attrelid AS oid, attnum, quote_ident(attname) AS name,
      EXISTS (SELECT FROM kept WHERE kept.oid = attrelid AND (cardinality(columns) = 0 OR attnum = ANY (columns))) AS is_kept
    FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped),
  relation AS (
    SELECT oid, relname, relkind, (SELECT bool_or(is_kept) FROM part WHERE part.oid = pg_class.oid) AS is_kept
    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v')),
  of_relation AS (
    SELECT oid, 'SELECT' AS word FROM relation
    UNION ALL SELECT oid, 'INSERT' FROM relation WHERE relkind = 'r' AND relname <> ALL ($2)
    UNION ALL SELECT oid, 'UPDATE' FROM relation WHERE relkind = 'r' AND relname <> ALL ($2) AND NOT is_kept
    UNION ALL SELECT oid, 'DELETE' FROM relation WHERE relname = ANY ($3)),
  of_part AS (
    SELECT oid, string_agg(part.name, ', ' ORDER BY attnum) AS names,
      bool_and(has_column_privilege(who.name, oid, attnum, 'UPDATE')) AS is_held
    FROM relation JOIN part USING (oid), who WHERE relation.is_kept AND NOT part.is_kept GROUP BY oid),
  elsewhere (place, word, is_held) AS (
    SELECT format('SEQUENCE %s', oid::regclass), 'USAGE', has_sequence_privilege(who.name, oid, 'USAGE')
    FROM pg_class, who WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'
      AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'i')
    UNION ALL SELECT format('FUNCTION %s', oid::regprocedure), 'EXECUTE', has_function_privilege(who.name, oid, 'EXECUTE')
    FROM pg_proc, who WHERE pronamespace = 'public'::regnamespace AND prokind = 'f' AND prorettype <> 'trigger'::regtype
    UNION ALL SELECT format('SCHEMA %I', scheme), word, has_schema_privilege(who.name, scheme, word)
    FROM who, (VALUES ('public', 'USAGE'), ('staging', 'USAGE'), ('staging', 'CREATE')) AS wanted (scheme, word)
    UNION ALL SELECT format('DATABASE %I', current_database()), word, has_database_privilege(who.name, current_database(), word)
    FROM who, unnest(ARRAY['CONNECT', 'TEMPORARY']) AS word)
  SELECT format('TABLE %s', oid::regclass) AS place, word AS right, has_table_privilege(who.name, oid, word) AS "isHeld"
  FROM of_relation, who
  UNION ALL SELECT format('TABLE %s', oid::regclass), format('UPDATE (%s)', names), is_held FROM of_part
  UNION ALL SELECT place, word, is_held FROM elsewhere`;

async function rightsOf(session: SqlSession, role: string | null): Promise<Right[]> {
  return session.rows<Right>(RIGHTS, [role, MIGRATIONS_ONLY, TAKEN_FROM]);
}

/** What a service under our role stands on. */
export interface Standing {
  role: string;
  /** It can take away every protection that the schema has. */
  isOwner: boolean;
  /** What it would fail for, sooner or later. */
  missing: string[];
}

/** Looks at the role of this session in a migrated database. */
export async function standingOf(session: SqlSession): Promise<Standing> {
  const [us] = await session.rows<Omit<Standing, 'missing'>>(
    `SELECT current_user AS role, pg_has_role(relowner, 'USAGE') AS "isOwner" FROM pg_class
     WHERE oid = 'public.schema_migration'::regclass`,
  );
  const rights = await rightsOf(session, null);
  const missing = rights.filter(({ isHeld }) => !isHeld).map(({ right, place }) => `${right} ON ${place}`);
  return { role: us?.role ?? '', isOwner: us?.isOwner ?? false, missing };
}

/**
 * Gives a role all that the service needs and nothing else; whatever it was given before is taken back. Run again after each
 * migration, by the role that owns the tables.
 *
 * @returns what it was given, to be printed
 * @throws {Error} for a role that nothing can bind: one that is missing, owns the tables, or may change everything anyway
 */
export async function grantTo(session: SqlTransaction, role: string): Promise<string[]> {
  const name = await bindable(session, role);
  for (const objects of ['TABLES', 'SEQUENCES']) {
    await session.execute(`REVOKE ALL ON ALL ${objects} IN SCHEMA public FROM ${name}`);
  }
  await session.execute(`REVOKE ALL ON SCHEMA staging FROM ${name}`);
  await refuseOtherWays(session, role);
  await dropStrangersCopies(session, role);
  const given = byPlace(await rightsOf(session, role));
  for (const [place, rights] of given) await session.execute(`GRANT ${rights.join(', ')} ON ${place} TO ${name}`);
  const missing = (await rightsOf(session, role)).find(({ isHeld }) => !isHeld);
  if (missing) throw new Error(`${missing.right} on ${missing.place} can't be granted here: only its owner can do so`);
  return summaryOf(given);
}

/** @returns the role's name as SQL */
async function bindable(session: SqlSession, role: string): Promise<string> {
  const [found] = await session.rows<{ name: string; isOwner: boolean; owner: string; mayGrant: boolean }>(
    `SELECT quote_ident(rolname) AS name, pg_has_role(pg_roles.oid, relowner, 'MEMBER') AS "isOwner",
       relowner::regrole::text AS owner, pg_has_role(relowner, 'USAGE') AS "mayGrant"
     FROM pg_roles, pg_class WHERE rolname = $1 AND pg_class.oid = 'public.schema_migration'::regclass`,
    [role],
  );
  if (found === undefined)
    throw new Error(`there is no role "${role}": CREATE ROLE "${role}" LOGIN PASSWORD '…' first`);
  if (!found.mayGrant) throw new Error(`only the role that owns the tables, ${found.owner}, can grant rights to them`);
  if (found.isOwner) {
    throw new Error(`the role "${role}" can act as ${found.owner}, who owns the tables: no grant binds it`);
  }
  return found.name;
}

/** A member of `pg_write_all_data`, or of a role with more rights, would be bound by nothing. */
async function refuseOtherWays(session: SqlSession, role: string): Promise<void> {
  const [open] = await session.rows<{ name: string }>(
    `SELECT tgrelid::regclass::text AS name FROM pg_trigger
     WHERE tgfoid = 'public.refuse_change'::regproc
       AND (has_table_privilege($1::name, tgrelid, 'TRUNCATE, TRIGGER')
         OR (tgtype & 8 <> 0 AND has_table_privilege($1::name, tgrelid, 'DELETE'))
         OR (cardinality(tgattr::int2[]) = 0 AND tgtype & 16 <> 0 AND has_any_column_privilege($1::name, tgrelid, 'UPDATE')))
     ORDER BY 1 LIMIT 1`,
    [role],
  );
  if (open === undefined) return;
  throw new Error(
    `the role "${role}" may change ${open.name} by way of another role, or of PUBLIC: take that away first`,
  );
}

/** Copies in `staging` that another role has made: ours could neither read nor drop them. Their jobs load them again. */
async function dropStrangersCopies(session: SqlSession, role: string): Promise<void> {
  const copies = await session.rows<{ name: string }>(
    `SELECT oid::regclass::text AS name FROM pg_class
     WHERE relnamespace = 'staging'::regnamespace AND relkind = 'r' AND NOT pg_has_role($1::name, relowner, 'USAGE')`,
    [role],
  );
  for (const { name } of copies) await session.execute(`DROP TABLE ${name}`);
}

/** What everybody has already, as of functions and the database, may be another's to grant. */
function byPlace(rights: readonly Right[]): Map<string, string[]> {
  const given = new Map<string, string[]>();
  for (const { place, right, isHeld } of rights) {
    if (!isHeld) given.set(place, [...(given.get(place) ?? []), right]);
  }
  return given;
}

/** Places with the same rights are told in one line. */
function summaryOf(given: ReadonlyMap<string, string[]>): string[] {
  const places = new Map<string, string[]>();
  for (const [place, rights] of given) {
    const key = rights.join(', ');
    places.set(key, [...(places.get(key) ?? []), place.replace(/^TABLE /, '')]);
  }
  return [...places].map(([rights, of]) => `${rights}: ${of.join(', ')}`);
}
