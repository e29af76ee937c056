import { Injectable } from '@nestjs/common';
import { BillingConfig } from '../config';
import { DirectPayments } from '../direct-payment';
import { GatewayAccounts, type AccountPlaces } from '../gateway-account';
import { Gateways, type GatewayAnswer, type ListPage } from '../gateways';
import { DomainError, messageOf } from '../kernel/errors';
import { seoulDateAt, type SeoulDate } from '../kernel/seoul-calendar';
import { NOTHING_DUE, ONE_DONE, ONE_POSTPONED, type OnClaimed, type StepReport } from '../kernel/step-report';
import { Clock, retryAt } from '../platform/clock';
import { crashPoint } from '../platform/crash-points';
import { Database, wakeBilling, type SqlSession } from '../platform/database';
import { Logger } from '../platform/logging';
import type { Changes } from '../platform/work';
import { ChargeTransactions } from '../refund';
import { ListFileRepository } from './list-file/list-file.repository';
import { tells, type LookupAnswer } from '../transaction-lookup';
import { keepPayouts, keepTransactions } from './listed-acts';
import { PaymentsOfDay } from './payments-of-day';
import { dayBeside } from './seoul-days';
import { TieOutDifferences, type DifferenceToLookAt } from './tie-out-differences';
import type { TieOut, TieOutHistory } from './tie-out.entity';
import { BY_CALENDAR, TieOutRepository, type TieOutClaim, type TieOutFilter } from './tie-out.repository';

const BACK_OFF = { firstSeconds: 30, longestSeconds: 3_600 };

/**
 * Holds each day of a gateway account against what the gateway has of it, a page of its lists or a payment at a time: what was read is committed with
 * the cursor, so whoever dies is followed by who goes on from there, and what is read twice is there once.
 */
@Injectable()
export class TieOuts {
  private readonly places: AccountPlaces;

  constructor(
    private readonly tieOuts: TieOutRepository,
    private readonly differences: TieOutDifferences,
    private readonly payments: PaymentsOfDay,
    private readonly files: ListFileRepository,
    private readonly gateways: Gateways,
    private readonly accounts: GatewayAccounts,
    private readonly transactions: ChargeTransactions,
    private readonly directPayments: DirectPayments,
    private readonly database: Database,
    private readonly billing: BillingConfig,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {
    this.places = accounts.places('set-up');
  }

  get(id: string): Promise<TieOut> {
    return this.tieOuts.get(id);
  }

  history(id: string): Promise<TieOutHistory[]> {
    return this.tieOuts.history(id);
  }

  list(filter: TieOutFilter, page: { beforeId: string | undefined; limit: number }): Promise<TieOut[]> {
    return this.tieOuts.list(filter, page);
  }

  /**
   * Has a day that is over compared, or compared again.
   *
   * @throws {DomainError} `gateway-account-not-found`, `gateway-not-configured`, `gateway-account-unusable`; `gateway-cannot` where
   *   the gateway tells nothing of its own; `invalid-request` for a day that is not over
   */
  async run(gatewayAccount: string, day: SeoulDate, actor: string): Promise<TieOut> {
    const { gateway } = await this.accounts.require(gatewayAccount, 'set-up');
    if (!this.gateways.hasLists(gateway)) this.gateways.telling(gateway);
    if (day >= seoulDateAt(this.clock.now())) {
      const faults = [{ field: 'day', expected: 'a day that is over in Seoul' }];
      throw new DomainError('invalid-request', 'A day is compared when it is over', { faults });
    }
    const id = await this.database.transaction(async (session) => {
      const opened = await this.tieOuts.open(session, { gateway, gatewayAccount, day }, actor);
      await wakeBilling(session);
      return opened;
    });
    return this.tieOuts.get(id);
  }

  async runOnce(claimed?: OnClaimed): Promise<StepReport> {
    const { leaseSeconds } = this.billing;
    const placed = await this.places.claim(
      (free) =>
        this.tieOuts.claim(
          leaseSeconds,
          free.map(({ id }) => id),
        ),
      ({ tieOut }) => tieOut.gatewayAccount,
    );
    if (placed === undefined) return NOTHING_DUE;
    claimed?.();
    return this.bring(placed.claim).finally(() => placed.leave());
  }

  private async bring(claim: TieOutClaim): Promise<StepReport> {
    const { id, attempts, gatewayAccount, day } = claim.tieOut;
    try {
      await crashPoint('tie-out.claimed');
      const why = await this.stepOf(claim);
      if (why === undefined) {
        await crashPoint('tie-out.recorded');
        return ONE_DONE;
      }
      await this.postpone(claim, why);
    } catch (error) {
      this.logger.warn('tie-out did not go on', { tieOutId: id, gatewayAccount, day, error });
      await this.postpone(claim, messageOf(error)).catch(() => undefined);
    }
    if (attempts + 1 === this.billing.alarmAfterFailures) {
      this.logger.error('tie-out keeps waiting: a person must look', { tieOutId: id, gatewayAccount, day });
    }
    return ONE_POSTPONED;
  }

  /** @returns why it could not be done now; `undefined` when it was */
  private stepOf(claim: TieOutClaim): Promise<string | undefined> {
    switch (claim.tieOut.state) {
      case 'Listing':
        return this.gateways.hasLists(claim.tieOut.gateway) ? this.listPage(claim) : this.lookUpPayment(claim);
      case 'Settling':
        return this.settlePage(claim);
      case 'Looking':
      case 'Done':
        return this.lookUpNext(claim);
    }
  }

  /** Keeps the next page of transactions. Where something is ours alone at the end, the days beside it are listed too. */
  private async listPage(claim: TieOutClaim): Promise<string | undefined> {
    const { tieOut } = claim;
    const answer = await this.gateways.listing(tieOut.gateway).transactions(daysOf(tieOut));
    await crashPoint('tie-out.page-answered');
    return this.keep(claim, answer, async (session, { rows, next }) => {
      await keepTransactions(session, tieOut, rows);
      if (next !== null) return this.tieOuts.goOn(session, claim, pageTo(tieOut, next));
      const isDayAlone = tieOut.fromDay === tieOut.toDay;
      if (isDayAlone && (await this.tieOuts.isAnyOnlyOurs(session, tieOut))) {
        const beside = { fromDay: dayBeside(tieOut.day, -1), toDay: dayBeside(tieOut.day, 1) };
        return this.tieOuts.goOn(session, claim, { ...pageTo(tieOut, null), ...beside });
      }
      return this.tieOuts.move(session, claim, 'list', pageTo(tieOut, null));
    });
  }

  /** The same where there are no pages: keeps what the gateway tells of the next payment. */
  private async lookUpPayment(claim: TieOutClaim): Promise<string | undefined> {
    const { tieOut } = claim;
    const transactionId = await this.payments.next(tieOut);
    if (transactionId === undefined) {
      await this.database.transaction((session) => this.tieOuts.move(session, claim, 'list', { cursor: null }));
      return undefined;
    }
    const told = await this.payments.tell(tieOut, transactionId);
    await crashPoint('tie-out.page-answered');
    if ('why' in told) return `payment ${transactionId} of ${tieOut.day} could not be looked up: ${told.why}`;
    if ('freeAt' in told) {
      await this.tieOuts.goOn(this.database, claim, { nextAttemptAt: told.freeAt });
      return undefined;
    }
    const today = seoulDateAt(this.clock.now());
    await this.database.transaction(async (session) => {
      await this.payments.keep(session, claim, transactionId, told.acts, today);
      await crashPoint('tie-out.before-commit');
    });
    return undefined;
  }

  /** Keeps the next page of payouts; after the last, the day is compared. */
  private async settlePage(claim: TieOutClaim): Promise<string | undefined> {
    const { tieOut } = claim;
    if (!this.gateways.hasLists(tieOut.gateway)) {
      await this.database.transaction(async (session) => {
        await this.files.keepPayouts(session, tieOut);
        await this.compare(session, claim, {});
      });
      return undefined;
    }
    const days = { ...daysOf(tieOut), from: tieOut.day, to: tieOut.day };
    const answer = await this.gateways.listing(tieOut.gateway).payouts(days);
    return this.keep(claim, answer, async (session, { rows, next }) => {
      await keepPayouts(session, { ...tieOut, fromDay: tieOut.day }, rows);
      if (next !== null) return this.tieOuts.goOn(session, claim, pageTo(tieOut, next));
      await this.compare(session, claim, pageTo(tieOut, null));
    });
  }

  private async compare(session: SqlSession, claim: TieOutClaim, changes: Changes<TieOut>): Promise<void> {
    const { tieOut } = claim;
    const counts = await this.tieOuts.compare(session, tieOut);
    await this.tieOuts.move(session, claim, 'compare', changes);
    const fields = { gatewayAccount: tieOut.gatewayAccount, day: tieOut.day, ...counts };
    this.logger[counts.opened > 0 ? 'error' : 'info']('day held against what the gateway has', fields);
  }

  /** Looks at the payment of the next difference: that notes a refund made without us, and stops the line at one that was taken after all. */
  private async lookUpNext(claim: TieOutClaim): Promise<string | undefined> {
    const { tieOut } = claim;
    const next = await this.differences.toLookAt(tieOut);
    const why = next && (await this.lookAt(tieOut, next));
    if (why !== undefined) return why;
    await crashPoint('tie-out.looked-up');
    await this.database.transaction(async (session) => {
      if (next === undefined) {
        await this.tieOuts.move(session, claim, 'finish', { finishedAt: this.clock.now() });
      } else {
        await this.differences.lookedUp(session, next.id);
        await this.tieOuts.goOn(session, claim, {});
      }
    });
    return undefined;
  }

  /** @returns why it could not be looked at now; `undefined` when it was */
  private async lookAt({ gatewayAccount }: TieOut, difference: DifferenceToLookAt): Promise<string | undefined> {
    const { movement, orderNo } = difference;
    const unseen = (look: { answer: LookupAnswer; message: string | null }): string | undefined =>
      tells(look.answer) ? undefined : `order ${orderNo} could not be looked up: ${look.message ?? look.answer}`;
    if (movement === 'refund') return unseen((await this.transactions.lookNow(orderNo, BY_CALENDAR)).lookup);
    const payment = await this.directPayments.findByOrderNo(gatewayAccount, orderNo);
    if (payment === undefined || (await this.directPayments.lookSoon(payment.id))) return undefined;
    if (payment.state !== 'Declined' && payment.state !== 'Canceled') return undefined;
    return unseen((await this.directPayments.lookAtEnded(payment, BY_CALENDAR)).look);
  }

  /** Commits a page with where the next one begins. */
  private async keep<Row>(
    { tieOut }: TieOutClaim,
    answer: GatewayAnswer<ListPage<Row>>,
    write: (session: SqlSession, page: ListPage<Row>) => Promise<void>,
  ): Promise<string | undefined> {
    if (answer.kind !== 'success') {
      const why =
        answer.kind === 'unknown' ? answer.message : `${answer.resultCode ?? ''} ${answer.resultMessage}`.trim();
      return `the gateway’s list of ${tieOut.day} could not be read: ${why}`;
    }
    await this.database.transaction(async (session) => {
      await write(session, answer.value);
      await crashPoint('tie-out.before-commit');
    });
    return undefined;
  }

  private postpone(claim: TieOutClaim, why: string): Promise<void> {
    return this.tieOuts.postpone(claim, retryAt(this.clock.now(), claim.tieOut.attempts + 1, BACK_OFF), why);
  }
}

function daysOf({ gatewayAccount: account, fromDay: from, toDay: to, cursor }: TieOut) {
  return { account, from, to, ...(cursor !== null && { cursor }) };
}

function pageTo({ pageCount }: TieOut, cursor: string | null) {
  return { cursor, pageCount: pageCount + 1 };
}
