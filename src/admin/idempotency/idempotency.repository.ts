import { Injectable } from '@nestjs/common';
import { Clock, secondsAfter } from '../../platform/clock';
import { KeyRing } from '../../platform/crypto';
import { Database } from '../../platform/database';

/** How long an answer is kept: a day is promised, the second is for those who count differently. */
const KEPT_SECONDS = 48 * 3_600;
/** A request that runs renews its lease; one whose process died is taken over after so long. */
export const LEASE_SECONDS = 60;
/** Each new key clears more old ones away than it adds. */
const CLEARED_AT_ONCE = 10;

/** Whose key, and which. */
export interface IdempotencyKey {
  owner: string;
  key: string;
}

/** The right to answer the key's request. */
export interface Reservation {
  id: string;
  /** Raised by each takeover, so that whoever lost it writes nothing. */
  attempt: number;
}

export interface StoredAnswer {
  status: number;
  /** JSON. */
  body: string;
}

/** What is known of a key that somebody else holds or has answered. */
export interface Earlier {
  /** `null`: not known yet, its body is still being read. */
  requestSha256: Buffer | null;
  /** `undefined`: still running. */
  answer: StoredAnswer | undefined;
}

interface Row {
  id: string;
  requestSha256: Buffer | null;
  status: number | null;
  ciphertext: Buffer | null;
  keyId: string | null;
}

/** The requests of the last days under an Idempotency-Key, and what was answered, encrypted. */
@Injectable()
export class IdempotencyRepository {
  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly clock: Clock,
  ) {}

  /**
   * Takes a key that is new, expired, or whose request died unanswered; all but one of those who try at once fail.
   *
   * @param requestSha256 `null` when it is known only after the body was read
   */
  async reserve({ owner, key }: IdempotencyKey, requestSha256: Buffer | null): Promise<Reservation | undefined> {
    const now = this.clock.now();
    await this.clearExpired(now);
    const [reserved] = await this.database.rows<Reservation>(
      `INSERT INTO idempotency_key AS held (owner, key, request_sha256, begun_at, lease_until, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (owner, key) DO UPDATE SET request_sha256 = excluded.request_sha256, attempt = held.attempt + 1,
         begun_at = excluded.begun_at, lease_until = excluded.lease_until, expires_at = excluded.expires_at,
         answer_status = NULL, answer_ciphertext = NULL, answer_key_id = NULL
       WHERE held.expires_at <= $4
         OR (held.answer_status IS NULL AND held.lease_until <= $4
           AND (held.request_sha256 = excluded.request_sha256) IS NOT FALSE)
       RETURNING id, attempt`,
      [owner, key, requestSha256, now, secondsAfter(now, LEASE_SECONDS), secondsAfter(now, KEPT_SECONDS)],
    );
    return reserved;
  }

  /** @returns `undefined` when it was given back meanwhile */
  async find({ owner, key }: IdempotencyKey): Promise<Earlier | undefined> {
    const [row] = await this.database.rows<Row>(
      `SELECT id, request_sha256 AS "requestSha256", answer_status AS status, answer_ciphertext AS ciphertext,
         answer_key_id AS "keyId"
       FROM idempotency_key WHERE owner = $1 AND key = $2`,
      [owner, key],
    );
    return row && { requestSha256: row.requestSha256, answer: this.answerOf(row) };
  }

  /** Keeps the answer, unless the reservation was taken over. */
  async answer({ id, attempt }: Reservation, requestSha256: Buffer, { status, body }: StoredAnswer): Promise<void> {
    const { ciphertext, keyId } = this.keys.encrypt(body, identityOf(id));
    await this.database.execute(
      `UPDATE idempotency_key SET request_sha256 = $3, answer_status = $4, answer_ciphertext = $5, answer_key_id = $6
       WHERE id = $1 AND attempt = $2 AND answer_status IS NULL`,
      [id, attempt, requestSha256, status, ciphertext, keyId],
    );
  }

  /** The same request may be sent again, and will run. */
  async giveBack({ id, attempt }: Reservation): Promise<void> {
    await this.database.execute(
      'DELETE FROM idempotency_key WHERE id = $1 AND attempt = $2 AND answer_status IS NULL',
      [id, attempt],
    );
  }

  async renew({ id, attempt }: Reservation): Promise<void> {
    await this.database.execute(
      'UPDATE idempotency_key SET lease_until = $3 WHERE id = $1 AND attempt = $2 AND answer_status IS NULL',
      [id, attempt, secondsAfter(this.clock.now(), LEASE_SECONDS)],
    );
  }

  private async clearExpired(now: Date): Promise<void> {
    await this.database.execute(
      `DELETE FROM idempotency_key WHERE id IN (
         SELECT id FROM idempotency_key WHERE expires_at <= $1 ORDER BY expires_at LIMIT ${CLEARED_AT_ONCE}
         FOR UPDATE SKIP LOCKED)`,
      [now],
    );
  }

  private answerOf({ id, status, ciphertext, keyId }: Row): StoredAnswer | undefined {
    if (status === null || ciphertext === null || keyId === null) return undefined;
    return { status, body: this.keys.decrypt({ ciphertext, keyId }, identityOf(id)).toString('utf8') };
  }
}

/** As `ENCRYPTED_COLUMNS` makes it in SQL. */
function identityOf(id: string): string {
  return `idempotency_key:${id}`;
}
