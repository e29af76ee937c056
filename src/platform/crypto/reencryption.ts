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

/**
 * Encrypts a column's secrets under the first key, batch by batch, while the service runs. A row that changed meanwhile
 * is left as it is; what is encrypted anew is under the first key already. May be ended at any time and run again.
 *
 * @param onProgress told after each batch how many rows are done
 * @returns how many rows were encrypted anew
 */
export async function reencryptColumn(
  database: Database,
  keys: KeyRing,
  column: EncryptedColumn,
  onProgress: (rows: number) => void,
): Promise<number> {
  let done = 0;
  for (;;) {
    const rows = await nextRows(database, keys, column);
    if (rows.length === 0) return done;
    done += await replace(database, keys, column, rows);
    onProgress(done);
  }
}

function nextRows(database: Database, keys: KeyRing, column: EncryptedColumn): Promise<SealedRow[]> {
  return database.rows<SealedRow>(
    `SELECT ${column.key} AS key, ${column.ciphertext} AS ciphertext, ${column.keyId} AS key_id,
       ${column.identity} AS identity
     FROM ${column.table} WHERE ${column.keyId} <> $1 LIMIT ${BATCH_ROWS}`,
    [keys.firstKeyId],
  );
}

async function replace(
  database: Database,
  keys: KeyRing,
  column: EncryptedColumn,
  rows: readonly SealedRow[],
): Promise<number> {
  const resealed = rows.map((row) =>
    keys.encrypt(keys.decrypt({ keyId: row.key_id, ciphertext: row.ciphertext }, row.identity), row.identity),
  );
  return database.execute(
    `UPDATE ${column.table} SET ${column.ciphertext} = fresh.ciphertext, ${column.keyId} = $1
     FROM unnest($2::${column.keyType}[], $3::bytea[], $4::bytea[]) AS fresh (key, old_ciphertext, ciphertext)
     WHERE ${column.table}.${column.key} = fresh.key AND ${column.table}.${column.ciphertext} = fresh.old_ciphertext`,
    [
      keys.firstKeyId,
      rows.map((row) => row.key),
      rows.map((row) => row.ciphertext),
      resealed.map((one) => one.ciphertext),
    ],
  );
}
