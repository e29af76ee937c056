import { Injectable } from '@nestjs/common';
import { LookupConfig } from '../config';
import { ONE_DONE, ONE_POSTPONED, type StepReport } from '../kernel/step-report';
import { Clock } from '../platform/clock';
import { Database, type SqlSession } from '../platform/database';
import { lastLook, nextLook, tells } from '../transaction-lookup';
import type { DirectPaymentLook, SeenPayment } from './direct-payment-look.entity';
import { DirectPaymentLooks } from './direct-payment-looks';
import { DirectPaymentQueue } from './direct-payment-queue';
import { DirectPaymentStops } from './direct-payment-stops';
import type { DirectPayment } from './direct-payment.entity';
import { DirectPaymentRepository, type DirectPaymentClaim } from './direct-payment.repository';

const ACTOR = 'payment-watch';

/** A look at a payment that ended unpaid. */
export interface EndedLook {
  look: DirectPaymentLook;
  /** Whether it showed as paid what was not known to be, and stopped the line. */
  stopsLine: boolean;
}

/** For so long after a deposit counted it is looked for again: a bank seldom takes one back so late. */
export const DAYS_AFTER_DEPOSIT = 1;

/**
 * Looks payments up again that ended, at growing intervals for some days, as `watch-payments` does of what T store collects: one that
 * persons ended as not paid, or that no deposit came for, and that the gateway has after all, stops the line; and a deposit that counts
 * and that the bank has taken back since.
 */
@Injectable()
export class DirectPaymentWatch {
  constructor(
    private readonly payments: DirectPaymentRepository,
    private readonly queue: DirectPaymentQueue,
    private readonly looks: DirectPaymentLooks,
    private readonly stops: DirectPaymentStops,
    private readonly config: LookupConfig,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async look(claim: DirectPaymentClaim): Promise<StepReport> {
    const { payment } = claim;
    const { answer, found, message } = await this.looks.ask(payment, ACTOR);
    const days = payment.state === 'Paid' ? DAYS_AFTER_DEPOSIT : this.config.watchDays;
    const end = lastLook(payment.endedAt ?? this.clock.now(), days);
    // Its last look is the last, answered or not.
    if (!tells(answer) && end !== null && this.clock.now() < end) {
      await this.queue.postpone(claim, `the gateway could not be asked: ${message}`);
      return ONE_POSTPONED;
    }
    const now = this.clock.now();
    await this.database.transaction(async (session) => {
      const isOtherwise = found !== null && (await this.stopAt(session, payment, found));
      const at = isOtherwise ? null : nextLook(payment.endedAt ?? now, days, now);
      await this.payments.lookedAgain(session, claim, at);
    });
    return ONE_DONE;
  }

  /**
   * The same at once, whoever ended it, where anything says that there is news of it. It stays as it ended, because what follows from
   * that has followed.
   *
   * @throws {DomainError} as `FindsOrders.findByOrder`
   */
  async lookNow(payment: DirectPayment, actor: string): Promise<EndedLook> {
    const look = await this.looks.ask(payment, actor);
    const { found } = look;
    if (found?.standing !== 'paid') return { look, stopsLine: false };
    const stop = (session: SqlSession): Promise<boolean> => this.stops.paidAfterAll(session, payment, found);
    return { look, stopsLine: await this.database.transaction(stop) };
  }

  /** Stops the line where the gateway has it otherwise than it ended. @returns whether it has */
  private async stopAt(session: SqlSession, payment: DirectPayment, found: SeenPayment): Promise<boolean> {
    const { standing } = found;
    const isPaidHere = payment.state === 'Paid';
    const isOtherwise = isPaidHere ? standing === 'awaited' || standing === 'over' : standing === 'paid';
    if (!isOtherwise) return false;
    await (isPaidHere
      ? this.stops.takenBack(session, payment, found)
      : this.stops.paidAfterAll(session, payment, found));
    return true;
  }
}
