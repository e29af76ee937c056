import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { In } from 'typeorm';
import type { GatewayName, MethodSecret } from '../gateways';
import { DomainError } from '../kernel/errors';
import { KeyRing } from '../platform/crypto';
import { Database, type SqlSession } from '../platform/database';
import { begin, claim, move, writeHeld, type Aggregate, type Cause, type Changes } from '../platform/work';
import { PaymentMethod, PaymentMethodHistory } from './payment-method.entity';
import {
  PAYMENT_METHOD_FIRST_STATES,
  PAYMENT_METHOD_TRANSITIONS,
  type PaymentMethodEvent,
  type PaymentMethodState,
} from './payment-method.state';

const PAYMENT_METHOD: Aggregate<PaymentMethod, typeof PAYMENT_METHOD_TRANSITIONS> = {
  name: 'payment method',
  rows: PaymentMethod,
  history: PaymentMethodHistory,
  subject: 'paymentMethodId',
  transitions: PAYMENT_METHOD_TRANSITIONS,
  firstStates: PAYMENT_METHOD_FIRST_STATES,
};

/** A billing token as it is in the vault, and whose it was. */
export interface OwnedToken {
  customerReference: string;
  gatewayAccount: string;
  billingTokenHash: Buffer;
  /** When it came into the vault. */
  since: Date;
}

/** A method as its gateway issued it. */
export type NewMethod = Pick<
  PaymentMethod,
  'customerReference' | 'gateway' | 'gatewayAccount' | 'kind' | 'label' | 'createdAt'
>;

/** Which methods to list; what is `undefined` does not matter. */
export interface MethodFilter {
  state?: PaymentMethodState | undefined;
  customerReference?: string | undefined;
  gatewayAccount?: string | undefined;
}

/** A method that has ended, whoever has it deleted, and the lease that guards what is written of it. */
export interface EndedClaim {
  readonly method: PaymentMethod;
  readonly leaseId: string;
}

/** Ended here, and not yet at its gateway. */
const TO_ERASE_SQL = `ended_at IS NOT NULL AND erased_at IS NULL AND kind <> 'billing-token'
  AND (next_attempt_at IS NULL OR next_attempt_at <= $1)`;

/** Shorter secrets could be found by trying, so of these there is no hash. Toss's billing keys have 256 random bits. */
const LEAST_HASHED = 43;

@Injectable()
export class PaymentMethodRepository {
  constructor(
    private readonly keys: KeyRing,
    private readonly database: Database,
  ) {}

  async find(id: string, session: SqlSession = this.database): Promise<PaymentMethod | undefined> {
    return (await session.manager.findOneBy(PaymentMethod, { id })) ?? undefined;
  }

  /** Those of these that there are. */
  findAll(ids: readonly string[]): Promise<PaymentMethod[]> {
    return this.database.manager.findBy(PaymentMethod, { id: In([...ids]) });
  }

  /** The row, locked until the session's transaction ends. */
  async lock(session: SqlSession, id: string): Promise<PaymentMethod | undefined> {
    const lock = { mode: 'pessimistic_write' } as const;
    return (await session.manager.findOne(PaymentMethod, { where: { id }, lock })) ?? undefined;
  }

  /** The one a gateway's message names by its secret. */
  async findByKeyHash(gateway: GatewayName, methodKeyHash: Buffer): Promise<PaymentMethod | undefined> {
    return (await this.database.manager.findOneBy(PaymentMethod, { gateway, methodKeyHash })) ?? undefined;
  }

  /** Newest first, before an id. */
  list(
    { state, customerReference, gatewayAccount }: MethodFilter,
    { beforeId, limit }: { beforeId: string | undefined; limit: number },
  ): Promise<PaymentMethod[]> {
    const query = this.database.manager.createQueryBuilder(PaymentMethod, 'method').orderBy('method.id', 'DESC');
    if (state !== undefined) query.andWhere('method.state = :state', { state });
    if (customerReference !== undefined) {
      query.andWhere('method.customerReference = :customerReference', { customerReference });
    }
    if (gatewayAccount !== undefined) query.andWhere('method.gatewayAccount = :gatewayAccount', { gatewayAccount });
    if (beforeId !== undefined) query.andWhere('method.id < :beforeId', { beforeId });
    return query.limit(limit).getMany();
  }

  history(paymentMethodId: string): Promise<PaymentMethodHistory[]> {
    return this.database.manager.find(PaymentMethodHistory, { where: { paymentMethodId }, order: { id: 'ASC' } });
  }

  /**
   * Stores a method as Active, its secrets sealed and bound to its row.
   *
   * @returns its id
   * @throws unique violation `payment_method_key_once` when there is one with this secret
   */
  async create(session: SqlSession, method: NewMethod, secret: MethodSecret, why: Cause): Promise<string> {
    const methodKeyHash = hashOf(secret.methodKey);
    const unsealed = { ciphertext: Buffer.alloc(0), keyId: this.keys.firstKeyId };
    const id = await begin(session, PAYMENT_METHOD, 'Active', { ...method, ...unsealed, methodKeyHash }, why);
    // Bound to the id, which there is only now.
    await session.manager.update(PaymentMethod, { id }, this.keys.encrypt(JSON.stringify(secret), identityOf(id)));
    return id;
  }

  /** @throws {DomainError} `internal-error` once it is erased; `encryption-key-unknown`, `ciphertext-invalid` */
  secretOf({ id, ciphertext, keyId }: PaymentMethod): MethodSecret {
    if (ciphertext === null || keyId === null) {
      throw new DomainError('internal-error', `the secrets of payment method ${id} are erased`);
    }
    return JSON.parse(this.keys.decrypt({ ciphertext, keyId }, identityOf(id)).toString('utf8')) as MethodSecret;
  }

  /** Moves a method, in the caller's transaction. @throws {DomainError} `state-conflict`, `version-conflict` */
  move(
    session: SqlSession,
    method: { id: string; state: PaymentMethodState },
    event: PaymentMethodEvent,
    why: Cause,
    version?: string,
  ): Promise<void> {
    const changes = event === 'invalidate' ? {} : { endedAt: why.at };
    return move(session, PAYMENT_METHOD, method, event, why, { changes, guard: { version } });
  }

  /** Claims one that has ended and is still at its gateway. */
  async claimToErase(now: Date, leaseSeconds: number, accounts: readonly string[]): Promise<EndedClaim | undefined> {
    const where = `${TO_ERASE_SQL} AND gateway_account = ANY ($2)`;
    const due = { where, parameters: [accounts], orderBy: 'attempts, id', now, leaseSeconds };
    const claimed = await claim(this.database, PaymentMethod, due);
    return claimed && { method: claimed.row, leaseId: claimed.leaseId };
  }

  /** Writes what came of a claim, and gives it back. @throws {DomainError} `lease-lost` */
  async giveBack({ method: { id }, leaseId }: EndedClaim, changes: Changes<PaymentMethod>): Promise<void> {
    await writeHeld(this.database, PAYMENT_METHOD, { id, leaseId }, { ...changes, leaseId: null, leaseUntil: null });
  }

  /** Records a billing token of T store's that another has taken the place of: when it came, when it went, and who said so. */
  async recordReplaced(session: SqlSession, { since, ...token }: OwnedToken, why: Cause): Promise<void> {
    const fields = { ...token, gateway: 'tstore', kind: 'billing-token', createdAt: since } as const;
    const id = await begin(session, PAYMENT_METHOD, 'Active', fields, { ...why, cause: 'registered', at: since });
    await move(session, PAYMENT_METHOD, { id, state: 'Active' }, 'replace', why, { changes: { endedAt: why.at } });
  }

  /** Those a customer paid with and does no longer, latest first. */
  endedOf(customerReference: string): Promise<PaymentMethod[]> {
    return this.database.manager
      .createQueryBuilder(PaymentMethod, 'method')
      .where('method.customerReference = :customerReference AND method.endedAt IS NOT NULL', { customerReference })
      .orderBy({ 'method.endedAt': 'DESC', 'method.id': 'DESC' })
      .getMany();
  }
}

function hashOf(methodKey: string): Buffer | null {
  return methodKey.length < LEAST_HASHED ? null : createHash('sha256').update(methodKey).digest();
}

function identityOf(id: string): string {
  return `payment_method:${id}`;
}
