import { Injectable } from '@nestjs/common';
import type { GatewayName } from '../gateways';
import { DomainError } from '../kernel/errors';
import { Clock } from '../platform/clock';
import { Database, wakeBilling, type SqlSession } from '../platform/database';
import type { PaymentMethod, PaymentMethodHistory } from './payment-method.entity';
import { PaymentMethodRepository, type MethodFilter } from './payment-method.repository';

/** What customers pay with, whoever issued it. */
@Injectable()
export class PaymentMethods {
  constructor(
    private readonly methods: PaymentMethodRepository,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** @throws {DomainError} `payment-method-not-found` */
  async get(id: string): Promise<PaymentMethod> {
    const method = await this.methods.find(id);
    if (method !== undefined) return method;
    throw new DomainError('payment-method-not-found', `There is no payment method ${id}`);
  }

  /** Newest first. */
  list(filter: MethodFilter, page: { beforeId: string | undefined; limit: number }): Promise<PaymentMethod[]> {
    return this.methods.list(filter, page);
  }

  history(id: string): Promise<PaymentMethodHistory[]> {
    return this.methods.history(id);
  }

  /**
   * Takes a method away: nothing is charged by it from now on, its gateway deletes it, and its secrets are erased after that.
   * Subscriptions that it pays need another one.
   *
   * @throws {DomainError} `payment-method-not-found`; `state-conflict` when it has ended; `version-conflict`
   */
  async remove(
    id: string,
    { actor, reason, version }: { actor: string; reason: string; version?: string | undefined },
  ): Promise<PaymentMethod> {
    const method = await this.get(id);
    const why = { cause: 'removed', actor, reason, at: this.clock.now() };
    await this.database.transaction(async (session) => {
      await this.methods.move(session, method, 'remove', why, version);
      await wakeBilling(session);
    });
    return this.get(id);
  }

  /**
   * Notes that a gateway says a method is gone, by the secret that its message names it by. Such a message is genuine if the secret is
   * one of ours.
   *
   * @param methodKeyHash SHA-256 of the secret: messages are kept without it
   * @returns the method; `undefined` when it is none of ours
   */
  async deletedAtGateway(
    gateway: GatewayName,
    methodKeyHash: Buffer,
    reason: string,
  ): Promise<PaymentMethod | undefined> {
    const method = await this.methods.findByKeyHash(gateway, methodKeyHash);
    if (method === undefined) return undefined;
    await this.database.transaction((session) =>
      this.invalidate(session, method.id, { cause: 'deleted at the gateway', actor: 'webhook', reason }),
    );
    return this.methods.find(method.id);
  }

  /** Has a method charged no more, because its gateway says that it is dead; nothing where that is known, or it has ended. */
  async invalidate(
    session: SqlSession,
    id: string,
    why: { cause: string; actor: string; reason: string },
  ): Promise<void> {
    const method = await this.methods.lock(session, id);
    if (method?.state !== 'Active') return;
    await this.methods.move(session, method, 'invalidate', { ...why, at: this.clock.now() });
  }
}
