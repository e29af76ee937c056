import { DomainError } from '../../kernel/errors';
import type { Database } from '../database';
import type { EncryptedColumn } from './encrypted-columns';
import type { KeyRing } from './key-ring';

/** Rows of one statement: some milliseconds, so that the service beside it notices nothing. */
const BATCH_ROWS = 1_000;

interface SealedRow {
  key: unknown;
  ciphertext: Buffer;
  key_id: string;
  identity: string;
}

interface ResealedRow extends SealedRow {
  fresh: Buffer;
}

/** Told after each batch: how many rows are encrypted anew so far, and what in this batch did not open. */
export type ReencryptionProgress = (done: number, unusable: readonly string[]) => void;

/**
 * Encrypts a column's secrets under the first key, batch by batch in the order of the table's key, while the service runs.
 * A row that changed meanwhile is left as it is, and so is one that does not open: one damaged row must not keep all
 * others under a key that is to go. May be ended at any time and run again.
 *
 * @returns how many rows were encrypted anew
 */
export async function reencryptColumn(
  database: Database,
  keys: KeyRing,
  column: EncryptedColumn,
  onProgress: ReencryptionProgress,
): Promise<number> {
  let done = 0;
  let after: unknown;
  for (;;) {
    const rows = await nextRows(database, keys, column, after);
    const last = rows.at(-1);
    if (last === undefined) return done;
    after = last.key;
    const { resealed, unusable } = resealAll(keys, rows);
    done += await replace(database, keys, column, resealed);
    onProgress(done, unusable);
  }
}

/** By key from where the last batch ended: what is done is not looked at again, however many rows it is. */
function nextRows(database: Database, keys: KeyRing, column: EncryptedColumn, after: unknown): Promise<SealedRow[]> {
  const { table, key, keyId, ciphertext, identity } = column;
  return database.rows<SealedRow>(
    `SELECT ${key} AS key, ${ciphertext} AS ciphertext, ${keyId} AS key_id, ${identity} AS identity
     FROM ${table} WHERE ${keyId} <> $1 ${after === undefined ? '' : `AND ${key} > $2`}
     ORDER BY ${key} LIMIT ${BATCH_ROWS}`,
    after === undefined ? [keys.firstKeyId] : [keys.firstKeyId, after],
  );
}

function resealAll(keys: KeyRing, rows: readonly SealedRow[]): { resealed: ResealedRow[]; unusable: string[] } {
  const resealed: ResealedRow[] = [];
  const unusable: string[] = [];
  for (const row of rows) {
    try {
      const secret = keys.decrypt({ keyId: row.key_id, ciphertext: row.ciphertext }, row.identity);
      resealed.push({ ...row, fresh: keys.encrypt(secret, row.identity).ciphertext });
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      unusable.push(row.identity);
    }
  }
  return { resealed, unusable };
}

async function replace(
  database: Database,
  keys: KeyRing,
  { table, key, keyType, keyId, ciphertext }: EncryptedColumn,
  rows: readonly ResealedRow[],
): Promise<number> {
  return database.execute(
    `UPDATE ${table} SET ${ciphertext} = resealed.fresh, ${keyId} = $1
     FROM unnest($2::${keyType}[], $3::bytea[], $4::bytea[]) AS resealed (key, ciphertext, fresh)
     WHERE ${table}.${key} = resealed.key AND ${table}.${ciphertext} = resealed.ciphertext`,
    [keys.firstKeyId, rows.map((row) => row.key), rows.map((row) => row.ciphertext), rows.map((row) => row.fresh)],
  );
}
