import { Injectable } from '@nestjs/common';
import { BillingConfig, LookupConfig } from '../config';
import {
  GatewayAccounts,
  type AccountPlaces,
  type FreePlaces,
  type GatewayAccount,
  type Placed,
} from '../gateway-account';
import { Clock, retryAt } from '../platform/clock';
import { crashPoint } from '../platform/crash-points';
import { Logger } from '../platform/logging';
import { Pacer, paceWithin } from '../platform/pace';
import { DirectPaymentRepository, type DirectPaymentClaim, type DirectPaymentStage } from './direct-payment.repository';

/** A customer may be waiting for it; what keeps it from being sent heals within minutes, or needs a person. */
const BACK_OFF = { firstSeconds: 5, longestSeconds: 600 };

/** Of the pace at which an account is asked: the rest is for people and refunds. */
const SHARE_OF_PACE = 2;

/** Payments that are in hand, each in a place of its account, to be sent. */
export interface PaymentsToSend {
  readonly placed: readonly Placed<DirectPaymentClaim>[];
  /** More are due, and the pace lets the next go after so many milliseconds. */
  readonly againInMs?: number;
}

/** How many payments an account may send now. */
interface Turns {
  readonly id: string;
  readonly taken: number;
}

/** Whose turn it is: payments of an account go out in the order in which they were made, at a pace all replicas keep. */
@Injectable()
export class DirectPaymentQueue {
  private readonly places: AccountPlaces;

  constructor(
    private readonly payments: DirectPaymentRepository,
    private readonly pacer: Pacer,
    private readonly billing: BillingConfig,
    private readonly lookups: LookupConfig,
    private readonly clock: Clock,
    private readonly logger: Logger,
    accounts: GatewayAccounts,
  ) {
    this.places = accounts.places('set-up');
  }

  /** Claims payments whose turn it is to be sent, as many as their accounts have places left and their pace lets go now. */
  async nextToSend(): Promise<PaymentsToSend> {
    let againAt: Date | undefined;
    const placed = await this.places.claimSome(async (free) => {
      const turns = await this.takeTurns(free);
      againAt = turns.againAt;
      const { leaseSeconds } = this.billing;
      const claims: DirectPaymentClaim[] = [];
      for (const { id, taken } of turns.taken) {
        claims.push(...(await this.payments.claimSome('send', leaseSeconds, { accounts: [id] }, taken)));
      }
      return claims;
    }, accountOf);
    return { placed, ...(againAt && { againInMs: Math.max(1, againAt.getTime() - this.clock.now().getTime()) }) };
  }

  /** Claims the payment that is due for a stage, of an account that has a place left. */
  next(stage: Exclude<DirectPaymentStage, 'send'>): Promise<Placed<DirectPaymentClaim> | undefined> {
    const { leaseSeconds } = this.billing;
    return this.places.claim((free) => this.payments.claim(stage, leaseSeconds, { accounts: idsOf(free) }), accountOf);
  }

  /** The same of the first of several stages for which one is due. */
  async first(...stages: Exclude<DirectPaymentStage, 'send'>[]): Promise<Placed<DirectPaymentClaim> | undefined> {
    for (const stage of stages) {
      const placed = await this.next(stage);
      if (placed !== undefined) return placed;
    }
    return undefined;
  }

  /** @returns how many turns each account has got, and when the first of those that want more gets another */
  private async takeTurns(free: readonly FreePlaces[]): Promise<{ taken: Turns[]; againAt: Date | undefined }> {
    const places = new Map(free.map(({ account, places }) => [account.id, places]));
    const most = Math.max(...places.values());
    const taken: Turns[] = [];
    let againAt: Date | undefined;
    for (const { id, count } of await this.payments.countDue('send', [...places.keys()], most)) {
      const wanted = Math.min(count, places.get(id) ?? 0);
      const turns = await this.pacer.takeUpTo(paceWithin(`payment:${id}`, this.billing.paymentsPerMinute), wanted);
      if (turns.taken < wanted && (againAt === undefined || turns.freeAt < againAt)) againAt = turns.freeAt;
      if (turns.taken === 0) continue;
      await crashPoint('send-payment.turn-taken');
      taken.push({ id, taken: turns.taken });
    }
    return { taken, againAt };
  }

  /** Claims a payment whose deposit is due to be looked for, of an account that has a place and a turn left. */
  nextDeposit(): Promise<Placed<DirectPaymentClaim> | undefined> {
    return this.places.claim((free) => this.claimDeposit(free), accountOf);
  }

  private async claimDeposit(free: readonly GatewayAccount[]): Promise<DirectPaymentClaim | undefined> {
    const { leaseSeconds, tickSeconds } = this.billing;
    const due = new Set((await this.payments.countDue('look-for-deposit', idsOf(free), 1)).map(({ id }) => id));
    for (const { id, lookupsPerMinute } of free.filter((account) => due.has(account.id))) {
      const perMinute = Math.max(1, Math.floor((lookupsPerMinute ?? this.lookups.perMinute) / SHARE_OF_PACE));
      const burst = Math.max(1, Math.ceil((perMinute * tickSeconds) / 60));
      if ((await this.pacer.take({ name: `look-for-deposit:${id}`, perMinute, burst })) !== undefined) continue;
      const claim = await this.payments.claim('look-for-deposit', leaseSeconds, { accounts: [id] });
      if (claim !== undefined) return claim;
    }
    return undefined;
  }

  /** Claims this payment, if it is due for a stage and nobody has it. */
  this(id: string, stage: DirectPaymentStage): Promise<DirectPaymentClaim | undefined> {
    return this.payments.claim(stage, this.billing.leaseSeconds, { id });
  }

  /** Gives a claim back that a stop overtook: it is due again, as if nobody had claimed it, once that is lifted. */
  giveBack(claim: DirectPaymentClaim): Promise<void> {
    return this.payments.giveBack(claim);
  }

  /** Gives a claim back, due again later. */
  async postpone(claim: DirectPaymentClaim, reason: string): Promise<void> {
    const { id, attempts } = claim.payment;
    // Told first: an alarm nobody hears is worse than one that comes twice.
    if (attempts + 1 === this.billing.alarmAfterFailures) {
      const fields = { directPaymentId: id, attempts: attempts + 1, reason };
      this.logger.error('payment keeps waiting: a person must look', fields);
    }
    await this.payments.postpone(claim, this.retryAt(attempts), reason);
  }

  /** Gives a claim back for a person to decide. */
  async leave(claim: DirectPaymentClaim, reason: string): Promise<void> {
    await this.payments.postpone(claim, null, reason);
  }

  /** When a payment is due again that was tried so often before. */
  retryAt(attempts: number): Date {
    return retryAt(this.clock.now(), attempts + 1, BACK_OFF);
  }
}

function accountOf({ payment }: DirectPaymentClaim): string {
  return payment.gatewayAccount;
}

function idsOf(accounts: readonly GatewayAccount[]): string[] {
  return accounts.map(({ id }) => id);
}
