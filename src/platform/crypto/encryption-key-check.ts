import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DomainError } from '../../kernel/errors';
import { Clock } from '../clock';
import { Database, type SqlTransaction } from '../database';
import { ENCRYPTED_COLUMNS } from './encrypted-columns';
import { KeyRing } from './key-ring';

/** Under keys of a database in which every row that is signed has been; `BEFORE`, under those of one from before. */
const CHECK_TEXT = 'encryption key check, rows are signed';
const CHECK_TEXT_BEFORE = 'encryption key check';

/** Rows beside ciphertexts that are of no use without their key: those it signs. */
const SIGNED_ROWS = [{ table: 'api_key', keyId: 'mac_key_id' }];

interface StoredCheck {
  key_id: string;
  check_ciphertext: Buffer;
}

/** Makes sure at start that the configured keys are the ones stored secrets were encrypted under. */
@Injectable()
export class EncryptionKeyCheck implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.assertUsable();
  }

  /** @throws {DomainError} `encryption-key-unknown` or `ciphertext-invalid`, naming the key id */
  async assertUsable(): Promise<void> {
    for (const keyId of this.keys.keyIds) await this.assertSameKey(keyId);
    for (const keyId of await this.keyIdsInUse()) this.keys.assertKnown(keyId);
  }

  /** A text stored under the key when it was first seen must still open: then it is the same key, not only the same name. */
  private async assertSameKey(keyId: string): Promise<void> {
    const { ciphertext } = this.keys.encrypt(CHECK_TEXT, identityOf(keyId), keyId);
    await this.database.execute(
      `INSERT INTO encryption_key (key_id, check_ciphertext, created_at) VALUES ($1, $2, $3)
       ON CONFLICT (key_id) DO NOTHING`,
      [keyId, ciphertext, this.clock.now()],
    );
    const [stored] = await this.database.rows<StoredCheck>(
      'SELECT key_id, check_ciphertext FROM encryption_key WHERE key_id = $1',
      [keyId],
    );
    this.open(stored ?? { key_id: keyId, check_ciphertext: Buffer.alloc(0) });
  }

  /**
   * Runs `sign` once in a database from before rows were signed, and in no other. Which it is stands in the texts under the
   * keys: who has only the database can neither write the old one nor bring it back without a copy from those days.
   */
  async signOnce(sign: (session: SqlTransaction) => Promise<void>): Promise<void> {
    await this.database.transaction(async (session) => {
      const stored = await session.rows<StoredCheck>(
        'SELECT key_id, check_ciphertext FROM encryption_key WHERE key_id = ANY ($1) ORDER BY key_id FOR UPDATE',
        [this.keys.keyIds],
      );
      const before = stored.filter((check) => this.open(check) === CHECK_TEXT_BEFORE);
      if (before.length === 0) return;
      await sign(session);
      for (const { key_id: keyId } of before) {
        const { ciphertext } = this.keys.encrypt(CHECK_TEXT, identityOf(keyId), keyId);
        await session.execute('UPDATE encryption_key SET check_ciphertext = $2 WHERE key_id = $1', [keyId, ciphertext]);
      }
    });
  }

  /** @throws {DomainError} `ciphertext-invalid` */
  private open({ key_id: keyId, check_ciphertext: ciphertext }: StoredCheck): string {
    try {
      return this.keys.decrypt({ keyId, ciphertext }, identityOf(keyId)).toString('utf8');
    } catch (error) {
      throw new DomainError(
        'ciphertext-invalid',
        `ENCRYPTION_KEYS: the key "${keyId}" is not the one this database was encrypted under; a new key needs a new id`,
        {},
        { cause: error },
      );
    }
  }

  /** The keys that secrets in the database are under, or rows signed with; files name theirs themselves. */
  async keyIdsInUse(): Promise<string[]> {
    const places = [...ENCRYPTED_COLUMNS, ...SIGNED_ROWS];
    const used = places.map(({ table, keyId }) => distinctSql(table, keyId)).join(' UNION ');
    const rows = await this.database.rows<{ key_id: string }>(used);
    return rows.map((row) => row.key_id);
  }
}

function identityOf(keyId: string): string {
  return `encryption_key:${keyId}`;
}

/** Hops from one key id to the next along the index: a million rows under one key are looked at once. */
function distinctSql(table: string, column: string): string {
  return `(WITH RECURSIVE used AS (
      (SELECT min(${column}) AS key_id FROM ${table})
      UNION ALL
      SELECT (SELECT min(${column}) FROM ${table} WHERE ${column} > used.key_id) FROM used WHERE used.key_id IS NOT NULL)
    SELECT key_id FROM used WHERE key_id IS NOT NULL)`;
}
