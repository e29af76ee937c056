import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  DirectPaymentOrigins,
  DirectPayments,
  type DirectOutcome,
  type DirectPayment,
  type DirectPaymentEffects,
} from '../direct-payment';
import { nextState } from '../kernel/transitions';
import type { SqlSession } from '../platform/database';
import { Logger } from '../platform/logging';
import { causeOfDecline } from './order-failure';
import { OrderGiveBacks } from './order-give-backs';
import type { Order } from './order.entity';
import { OrderRepository } from './order.repository';
import { ORDER_TRANSITIONS, type OrderEvent } from './order.state';

/** Declines of one order: then the customer is to begin anew. */
const MOST_TRIES = 5;

const ACTOR = 'direct-payment';

/** What outcomes of payments mean to orders. */
@Injectable()
export class OrderOutcomes implements DirectPaymentEffects, OnModuleInit {
  constructor(
    private readonly orders: OrderRepository,
    private readonly origins: DirectPaymentOrigins,
    private readonly payments: DirectPayments,
    private readonly giveBacks: OrderGiveBacks,
    private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.origins.toldBy('checkout', this);
  }

  async ended(session: SqlSession, payment: DirectPayment, outcome: DirectOutcome, at: Date): Promise<void> {
    const order = await this.orders.lockOfPayment(session, payment.id);
    if (order === undefined) return;
    const { code, message } = outcome;
    const may = (event: OrderEvent): boolean => nextState(ORDER_TRANSITIONS, order.state, event) !== undefined;
    switch (outcome.kind) {
      case 'paid': {
        if (!may('pay')) return this.notOwed(session, order, payment, at);
        const paid = { endedAt: at, failureCode: null, failureMessage: null };
        return this.orders.move(session, order, 'pay', { cause: 'paid', actor: ACTOR }, paid);
      }
      case 'unknown':
        if (!may('doubt')) return;
        return this.orders.move(session, order, 'doubt', { cause: 'outcome unknown', actor: ACTOR, reason: message });
      case 'awaited':
        if (may('await')) return this.orders.move(session, order, 'await', { cause: 'account issued', actor: ACTOR });
        return this.payments.abandonDeposit(session, payment.id, `its order is ${order.state}`);
      case 'returnable': {
        await this.orders.detachPayment(session, payment.id);
        if (!may('decline')) return;
        const why = { cause: 'return refused by the gateway', actor: ACTOR, reason: code };
        return this.orders.move(session, order, 'decline', why);
      }
      case 'declined': {
        const why = { cause: causeOfDecline(code), actor: ACTOR, reason: message };
        const failure = { failureCode: code, failureMessage: message };
        const isLate = order.expiresAt <= at;
        if (isLate && may('lapse')) return this.orders.move(session, order, 'lapse', why, { ...failure, endedAt: at });
        if (!may('decline')) return;
        const attempts = await this.orders.attempts(order.id, session);
        const tried = attempts.filter(({ directPaymentId }) => directPaymentId !== null);
        const isOver = may('fail') && (tried.length >= MOST_TRIES || isLate);
        if (!isOver) return this.orders.move(session, order, 'decline', why, failure);
        return this.orders.move(session, order, 'fail', why, { ...failure, endedAt: at });
      }
    }
  }

  /** The money is the customer's, and goes back. */
  private async notOwed(session: SqlSession, { id, state }: Order, payment: DirectPayment, at: Date): Promise<void> {
    this.logger.error('a payment of an order that is paid or canceled goes back', {
      ...{ orderId: id, state, directPaymentId: payment.id },
    });
    await this.giveBacks.note(session, payment.id, at);
  }
}
