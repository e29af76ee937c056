import { Injectable } from '@nestjs/common';
import type { FoundRefund, RefundBasis, RefundOrder } from '../gateways';
import { DomainError } from '../kernel/errors';
import { Database } from '../platform/database';
import { TransactionLookups, type TransactionLookup } from '../transaction-lookup';
import { Charges, type ChargeRecord } from '../charge';
import { OutsideRefunds } from './outside/outside-refunds.service';
import { RefundAccounts } from './refund-accounts';
import { PaymentClaims, claimantsInWords, untoldClaims } from './payment-claims';
import { madeIn, noteOf, readinessOf, traceOf, type Readiness, type RefundTrace } from './refund-evidence';
import type { Refund } from './refund.entity';

/** What is to be sent, by the gateway's answer of just now; or why it is not to be sent, or not now. */
export type CheckedRefund =
  | { kind: 'ready'; order: RefundOrder; baselineLookupId: string }
  | { kind: 'differs' | 'claimed'; why: string }
  | { kind: 'later'; why: string };

/** What a lookup says of a refund that was sent. */
export interface RefundTraced {
  trace: RefundTrace;
  lookup: TransactionLookup;
  /** The refund itself, where the gateway lists them. */
  made: FoundRefund | undefined;
}

const ACTOR = 'billing-scheduler';

const RECORD_IT_FIRST =
  'record as an outside refund what was given back, then ask again for the rest; or dismiss it if nothing was';

const CLAIMED_SINCE = 'came to claim its payment since it was asked for: ask anew, and a second person decides';

/** Looks a payment up before it is refunded, and after a refund whose answer was lost. */
@Injectable()
export class RefundCheck {
  constructor(
    private readonly charges: Charges,
    private readonly lookups: TransactionLookups,
    private readonly outside: OutsideRefunds,
    private readonly claims: PaymentClaims,
    private readonly accounts: RefundAccounts,
    private readonly database: Database,
  ) {}

  /** @param sendingId of this sending alone. @throws {DomainError} `lookup-rate-limited`, `token-unavailable` */
  async before(refund: Refund, sendingId: string): Promise<CheckedRefund> {
    const untold = await untoldClaims(this.claims, this.database, refund);
    if (untold.length > 0) return { kind: 'claimed', why: `${claimantsInWords(untold)} ${CLAIMED_SINCE}` };
    const charge = await this.chargeOf(refund);
    const { lookup, answer } = await this.lookups.askNow(refund, ACTOR);
    const readiness = readinessOf(charge, lookup);
    const isSuspected = readiness.kind !== 'later' && (await this.outside.suspect(charge, lookup));
    if (isSuspected) return { kind: 'differs', why: `${whyOf(readiness)}: ${RECORD_IT_FIRST}` };
    if (readiness.kind !== 'ready') return readiness;
    if (answer.kind !== 'success') return { kind: 'later', why: 'The gateway gave no payment' };
    const receiveAccount = await this.accounts.of(refund.id);
    const order = orderOf(refund, charge, answer.value.basis, sendingId);
    return {
      kind: 'ready',
      order: receiveAccount === undefined ? order : { ...order, receiveAccount },
      baselineLookupId: lookup.id,
    };
  }

  /** @returns `undefined` when the gateway said nothing of use. @throws {DomainError} as {@link before} */
  async after(refund: Refund): Promise<RefundTraced | undefined> {
    const baseline = await this.lookups.get(refund.baselineLookupId ?? '');
    const { lookup } = await this.lookups.askNow(refund, ACTOR);
    if (baseline.found === null || lookup.found === null) return undefined;
    const note = noteOf(refund);
    return {
      trace: traceOf(baseline.found, lookup.found, { note, amount: refund.amount }),
      lookup,
      made: madeIn(lookup.found, note),
    };
  }

  private async chargeOf(refund: Refund): Promise<ChargeRecord> {
    const charge = await this.charges.find(refund.chargeId);
    if (charge === undefined) throw new DomainError('internal-error', `refund ${refund.id} has no charge`);
    return charge;
  }
}

function whyOf(readiness: Readiness): string {
  if (readiness.kind === 'ready')
    return 'The gateway may have refunded it without us, by its record or a person’s word';
  return `${readiness.why}. The gateway may have refunded it without us`;
}

function orderOf(refund: Refund, charge: ChargeRecord, basis: RefundBasis, idempotencyKey: string): RefundOrder {
  const isFull = refund.amount === charge.amount;
  return {
    ...{ account: refund.gatewayAccount, basis, amount: refund.amount },
    ...{ isFull, note: noteOf(refund), idempotencyKey },
  };
}
