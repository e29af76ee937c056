import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Customers a person would take for one are found by the skeleton of their references, in the manner of Unicode Technical
 * Standard 39: letters of other scripts count as the Latin ones they look like, each hyphen as the plain one. It is for comparing
 * alone: what is stored stays as it was written. Only PostgreSQL computes it, and keeps it in an index and in no row, so
 * that a change of its rules rewrites none.
 */
export class NameSkeleton1795300004002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Nearly all references are ASCII, of which there is nothing to fold but capitals: a tenth of the time.
    await runner.query(`
      CREATE FUNCTION name_skeleton(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT lower(btrim(CASE WHEN octet_length(name) = length(name) THEN name
          ELSE translate(normalize(name, NFKD), '${FROM}${UNSEEN}', '${TO}') END, E' \\t\\r\\n'))
      $$`);
    await runner.query(`
      CREATE INDEX subscription_name_skeleton ON subscription (name_skeleton(customer_reference), product_id)`);
    await runner.query('DROP INDEX subscription_look_alike');
    await runner.query('DROP FUNCTION look_alike');
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

/**
 * Capitals of Greek and Cyrillic, and what they look like; after confusables.txt of UTS 39. Small letters follow their
 * capitals, because capitals tell nobody apart either.
 */
const LETTERS: readonly (readonly [from: string, to: string])[] = [
  ['ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϜϺͿ', 'ABEZHIKMNOPTYXFMJ'],
  ['АВЕЅІЈКМНОРСТУХЬѠѴҮҺҼӀԀԌԚԜ', 'ABESIJKMHOPCTYXBWVYHEIDGQW'],
];

/** Hyphens, dashes and minus signs; the forms of other widths are gone by NFKD. */
const HYPHENS = '\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u02D7\u06D4\u2212\u2796\u2CBA';
/** What a telephone writes for an apostrophe. */
const APOSTROPHES = '\u2018\u2019\u201B\u02BC\u2032';
/** Dropped. */
const UNSEEN =
  '\u00AD\u034F\u061C\u180E\u200B\u200C\u200D\u200E\u200F\u202A\u202B\u202C\u202D\u202E\u2060\u2066\u2067\u2068\u2069\uFEFF';

const CAPITALS = LETTERS.map(([from]) => from).join('');
const LATIN = LETTERS.map(([, to]) => to).join('');
const FROM = `${CAPITALS}${CAPITALS.toLowerCase()}${HYPHENS}${APOSTROPHES}`;
/** Quotes doubled for SQL. */
const TO = `${LATIN}${LATIN}${'-'.repeat(HYPHENS.length)}${"''".repeat(APOSTROPHES.length)}`;
