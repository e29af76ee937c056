import { createHash } from 'node:crypto';
import type { Client } from 'pg';
import type { KakaoPayControl, TossControl } from '../../simulator';

interface OurMethod {
  id: string;
  state: string;
  keyHash: string;
  isErased: boolean;
}

/**
 * Holds payment methods against the keys that their gateway has, when everything has come to rest: each key that lives there is one
 * method here that has not ended, and the other way round.
 *
 * @returns one sentence for each breach
 */
export async function brokenMethodPromises(database: Client, toss: TossControl): Promise<string[]> {
  const keys = new Map(toss.billingKeys().map((key) => [hashOf(key.billingKey), key.deletedAt === null]));
  const { rows: methods } = await database.query<OurMethod>(
    `SELECT id, state, encode(method_key_hash, 'hex') AS "keyHash", erased_at IS NOT NULL AS "isErased"
     FROM payment_method WHERE gateway = 'toss'`,
  );
  const known = new Set(methods.map(({ keyHash }) => keyHash));
  const { rows: waiting } = await database.query<{ id: string }>(
    `SELECT id FROM method_registration WHERE state = 'Issuing'`,
  );
  return [
    ...waiting.map(({ id }) => `registration ${id} is Issuing for ever`),
    ...[...keys.keys()].filter((hash) => !known.has(hash)).map((hash) => `the key ${hash.slice(0, 8)} is nobody’s`),
    ...methods.flatMap((method) => breachesOf(method, keys.get(method.keyHash))),
  ];
}

/**
 * Holds payment methods against KakaoPay's SIDs, by their number: nothing of one is kept here by which it could be told without its key.
 * One whose answer was lost is nobody's, and its registration has failed; one that its customer has ended is Active here until it is charged.
 *
 * @returns one sentence for each breach
 */
export async function brokenSidPromises(database: Client, kakaopay: KakaoPayControl): Promise<string[]> {
  const sids = kakaopay.sids();
  const ended = sids.filter(({ inactivatedAt }) => inactivatedAt !== null).length;
  const { rows } = await database.query<{ made: number; erased: number; kept: string[] }>(
    `SELECT count(*)::int AS made, count(erased_at)::int AS erased,
       coalesce(array_agg(id::text) FILTER (WHERE state IN ('Replaced', 'Removed') AND erased_at IS NULL), '{}') AS kept
     FROM payment_method WHERE gateway = 'kakaopay'`,
  );
  const { made = 0, erased = 0, kept = [] } = rows[0] ?? {};
  return [
    ...(made > sids.length ? [`${made} payment methods are of ${sids.length} SIDs`] : []),
    ...(erased > ended ? [`${erased} payment methods are erased here, and ${ended} SIDs have ended`] : []),
    ...kept.map((id) => `payment method ${id} has ended, and its secret is kept for ever`),
  ];
}

function breachesOf({ id, state, isErased }: OurMethod, lives: boolean | undefined): string[] {
  const name = `payment method ${id}`;
  if (lives === undefined) return [`${name} has a key that its gateway never issued`];
  const hasEnded = state === 'Replaced' || state === 'Removed';
  return [
    ...(hasEnded && !isErased ? [`${name} is ${state}, and its secret is kept for ever`] : []),
    ...(state === 'Active' && !lives ? [`${name} is Active, and its gateway has deleted it`] : []),
    ...(isErased && lives ? [`${name} is erased here, and lives at its gateway`] : []),
  ];
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
