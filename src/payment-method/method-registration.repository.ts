import { Injectable } from '@nestjs/common';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { Clock } from '../platform/clock';
import { KeyRing } from '../platform/crypto';
import { Database, type SqlSession } from '../platform/database';
import { begin, claim, move, writeHeld, type Aggregate, type Cause, type Changes } from '../platform/work';
import { MethodRegistration, MethodRegistrationHistory, type RegistrationSecrets } from './method-registration.entity';
import {
  METHOD_REGISTRATION_FIRST_STATES,
  METHOD_REGISTRATION_TRANSITIONS,
  type MethodRegistrationEvent,
  type MethodRegistrationState,
} from './method-registration.state';

const REGISTRATION: Aggregate<MethodRegistration, typeof METHOD_REGISTRATION_TRANSITIONS> = {
  name: 'registration',
  rows: MethodRegistration,
  history: MethodRegistrationHistory,
  subject: 'methodRegistrationId',
  transitions: METHOD_REGISTRATION_TRANSITIONS,
  firstStates: METHOD_REGISTRATION_FIRST_STATES,
};

const TOKEN_BYTES = 32;

export const RELEASED = { leaseId: null, leaseUntil: null } as const;

/** What the shop asks for. */
export type NewRegistration = Pick<
  MethodRegistration,
  'customerReference' | 'gateway' | 'gatewayAccount' | 'replacesId' | 'returnUrl' | 'createdBy' | 'expiresAt'
>;

/** Which registrations to list; what is `undefined` does not matter. */
export interface RegistrationFilter {
  state?: MethodRegistrationState | undefined;
  customerReference?: string | undefined;
}

/** A registration whoever has it issued, and the lease that guards what is written of it. */
export interface RegistrationClaim {
  readonly registration: MethodRegistration;
  readonly leaseId: string;
}

export type RegistrationCause = Omit<Cause, 'at'>;
type RegistrationChanges = Changes<MethodRegistration>;

@Injectable()
export class MethodRegistrationRepository {
  constructor(
    private readonly keys: KeyRing,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async find(id: string): Promise<MethodRegistration | undefined> {
    return (await this.database.manager.findOneBy(MethodRegistration, { id })) ?? undefined;
  }

  async findByToken(token: string): Promise<MethodRegistration | undefined> {
    return (await this.database.manager.findOneBy(MethodRegistration, { tokenHash: hashOf(token) })) ?? undefined;
  }

  /** The row, locked until the session's transaction ends. */
  async lock(session: SqlSession, id: string): Promise<MethodRegistration | undefined> {
    const lock = { mode: 'pessimistic_write' } as const;
    return (await session.manager.findOne(MethodRegistration, { where: { id }, lock })) ?? undefined;
  }

  /** Newest first, before an id. */
  list(
    { state, customerReference }: RegistrationFilter,
    { beforeId, limit }: { beforeId: string | undefined; limit: number },
  ): Promise<MethodRegistration[]> {
    const query = this.database.manager
      .createQueryBuilder(MethodRegistration, 'registration')
      .orderBy('registration.id', 'DESC');
    if (state !== undefined) query.andWhere('registration.state = :state', { state });
    if (customerReference !== undefined) {
      query.andWhere('registration.customerReference = :customerReference', { customerReference });
    }
    if (beforeId !== undefined) query.andWhere('registration.id < :beforeId', { beforeId });
    return query.limit(limit).getMany();
  }

  history(methodRegistrationId: string): Promise<MethodRegistrationHistory[]> {
    const where = { methodRegistrationId };
    return this.database.manager.find(MethodRegistrationHistory, { where, order: { id: 'ASC' } });
  }

  /** Stores a registration as Open, with a token and a customer key that nobody can guess. @returns its id */
  async create(session: SqlSession, registration: NewRegistration, why: RegistrationCause): Promise<string> {
    const at = this.clock.now();
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const tokenHash = hashOf(token);
    const fields = { ...registration, ...this.sealed({ tokenHash }, { token, customerKey: randomUUID() }) };
    return begin(session, REGISTRATION, 'Open', { ...fields, tokenHash, createdAt: at }, { ...why, at });
  }

  /** @throws {DomainError} `encryption-key-unknown`, `ciphertext-invalid` */
  secretsOf(registration: MethodRegistration): RegistrationSecrets {
    const sealed = { ciphertext: registration.secretsCiphertext, keyId: registration.secretsKeyId };
    return JSON.parse(this.keys.decrypt(sealed, identityOf(registration)).toString('utf8')) as RegistrationSecrets;
  }

  /** Takes what the window brought back, to be asked for under a key of its own. */
  async takeReturn(
    session: SqlSession,
    registration: MethodRegistration,
    returned: { authKey: string; window?: string },
    why: RegistrationCause,
  ): Promise<void> {
    const secrets = this.sealed(registration, { ...this.secretsOf(registration), ...returned });
    const changes = { ...secrets, returnedAt: this.clock.now(), idempotencyKey: randomUUID() };
    await this.move(session, registration, 'return', why, changes);
  }

  /** Keeps what the gateway calls a window of a registration that is locked. */
  async nameWindow(session: SqlSession, registration: MethodRegistration, window: string, name: string): Promise<void> {
    const secrets = this.secretsOf(registration);
    const sealed = this.sealed(registration, { ...secrets, windows: { ...secrets.windows, [window]: name } });
    await session.manager.update(MethodRegistration, { id: registration.id }, sealed);
  }

  /** Ends it; what the window brought back is used up, and goes. */
  async end(
    session: SqlSession,
    registration: MethodRegistration,
    event: 'issue' | 'fail',
    why: RegistrationCause,
    changes: RegistrationChanges,
    leaseId: string,
  ): Promise<void> {
    const { token, customerKey } = this.secretsOf(registration);
    const ended = { ...RELEASED, endedAt: this.clock.now(), nextAttemptAt: null, lastError: null };
    const all = { ...this.sealed(registration, { token, customerKey }), ...ended, ...changes };
    await this.move(session, registration, event, why, all, { leaseId });
  }

  /** Claims one whose method is to be asked for. */
  async claim(
    leaseSeconds: number,
    { accounts, id }: { accounts?: readonly string[]; id?: string },
  ): Promise<RegistrationClaim | undefined> {
    const claimed = await claim(this.database, MethodRegistration, {
      where: `ended_at IS NULL AND state = 'Issuing' AND (next_attempt_at IS NULL OR next_attempt_at <= $1)
        AND ($2::text[] IS NULL OR gateway_account = ANY ($2)) AND ($3::bigint IS NULL OR id = $3)`,
      parameters: [accounts ?? null, id ?? null],
      orderBy: 'attempts, id',
      now: this.clock.now(),
      leaseSeconds,
    });
    return claimed && { registration: claimed.row, leaseId: claimed.leaseId };
  }

  /** Writes what is no move. @throws {DomainError} `lease-lost` */
  async write({ registration, leaseId }: RegistrationClaim, changes: RegistrationChanges): Promise<void> {
    await writeHeld(this.database, REGISTRATION, { id: registration.id, leaseId }, changes);
  }

  /** Ends those whose time is over and that nobody came back to. @returns how many */
  async expire(session: SqlSession, actor: string): Promise<number> {
    const rows = await session.manager
      .createQueryBuilder(MethodRegistration, 'registration')
      .where(`registration.endedAt IS NULL AND registration.state = 'Open' AND registration.expiresAt <= :now`)
      .setParameters({ now: this.clock.now() })
      .orderBy('registration.id')
      .limit(EXPIRED_AT_ONCE)
      .setLock('pessimistic_write')
      .setOnLocked('skip_locked')
      .getMany();
    for (const row of rows) {
      const why = { cause: 'nobody came back in time', actor };
      await this.move(session, row, 'expire', why, { endedAt: this.clock.now() });
    }
    return rows.length;
  }

  private move(
    session: SqlSession,
    registration: { id: string; state: MethodRegistrationState },
    event: MethodRegistrationEvent,
    why: RegistrationCause,
    changes: RegistrationChanges,
    guard?: { leaseId: string },
  ): Promise<void> {
    return move(session, REGISTRATION, registration, event, { ...why, at: this.clock.now() }, { changes, guard });
  }

  private sealed(registration: { tokenHash: Buffer }, secrets: RegistrationSecrets) {
    const { ciphertext, keyId } = this.keys.encrypt(JSON.stringify(secrets), identityOf(registration));
    return { secretsCiphertext: ciphertext, secretsKeyId: keyId };
  }
}

/** Enough for a tick; what is left is of the next one. */
const EXPIRED_AT_ONCE = 100;

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function identityOf({ tokenHash }: { tokenHash: Buffer }): string {
  return `method_registration:${tokenHash.toString('hex')}`;
}
