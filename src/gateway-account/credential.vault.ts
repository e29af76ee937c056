import { Injectable } from '@nestjs/common';
import { KeyRing } from '../platform/crypto';
import type { SqlSession } from '../platform/database';

/** Secrets by their names. */
export type Secrets = Readonly<Record<string, string>>;

/** The secrets of an account that belong together. */
export interface CredentialSet {
  /** Tells this set from those before and after it, and nothing of the secrets. */
  readonly key: string;
  /** Names these very secrets where `key` names whose they are: what was found out about them is kept by it. */
  readonly print: string;
  readonly secrets: Secrets;
}

/** A credential with its secret sealed, as it is stored. */
interface SealedCredential {
  name: string;
  version: number;
  ciphertext: Buffer;
  keyId: string;
}

/** Keeps the secrets of accounts encrypted, each bound to its account, its name and its rotation. */
@Injectable()
export class CredentialVault {
  constructor(private readonly keys: KeyRing) {}

  /**
   * Puts new secrets beside those they take the place of, which are good until then.
   *
   * @param oldValidUntil also ends what was replaced earlier and would be good for longer
   */
  async add(
    session: SqlSession,
    account: string,
    secrets: Secrets,
    { actor, at, oldValidUntil }: { actor: string; at: Date; oldValidUntil: Date },
  ): Promise<void> {
    const names = Object.keys(secrets);
    await session.execute(
      `UPDATE gateway_account_credential SET valid_until = least(valid_until, $3)
       WHERE gateway_account = $1 AND name = ANY ($2)`,
      [account, names, oldValidUntil],
    );
    const [latest] = await session.rows<{ version: number | null }>(
      'SELECT max(version) AS version FROM gateway_account_credential WHERE gateway_account = $1',
      [account],
    );
    const version = (latest?.version ?? 0) + 1;
    for (const [name, secret] of Object.entries(secrets)) {
      const { ciphertext, keyId } = this.keys.encrypt(secret, identityOf(account, name, version));
      await session.execute(
        `INSERT INTO gateway_account_credential (gateway_account, name, version, ciphertext, key_id, created_at, created_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7)`,
        [account, name, version, ciphertext, keyId, at, actor],
      );
    }
  }

  /**
   * The sets of secrets that are good now, the newest first: while an old one is good beside the new, both are tried.
   *
   * @throws {DomainError} `encryption-key-unknown`, `ciphertext-invalid`
   */
  async open(session: SqlSession, account: string, now: Date): Promise<CredentialSet[]> {
    const sealed = await session.rows<SealedCredential & { isGood: boolean }>(
      `SELECT name, version, ciphertext, key_id AS "keyId", coalesce(valid_until > $2, true) AS "isGood"
       FROM gateway_account_credential WHERE gateway_account = $1 ORDER BY version DESC`,
      [account, now],
    );
    const names = new Set(sealed.map(({ name }) => name));
    const versions = new Set(sealed.map(({ version }) => version));
    return [...versions].flatMap((upTo) => {
      const set = [...names].map((name) => sealed.find((one) => one.name === name && one.version <= upTo));
      const good = set.filter((one) => one?.isGood === true) as SealedCredential[];
      if (good.length < names.size) return [];
      const secrets = Object.fromEntries(good.map((one) => [one.name, this.opened(account, one)]));
      return [{ key: String(upTo), print: String(upTo), secrets }];
    });
  }

  private opened(account: string, { name, version, ...sealed }: SealedCredential): string {
    return this.keys.decrypt(sealed, identityOf(account, name, version)).toString('utf8');
  }
}

/** What a secret's ciphertext is bound to; re-encryption makes the same in SQL. */
function identityOf(account: string, name: string, version: number): string {
  return `gateway_account_credential:${account}:${name}:${version}`;
}
