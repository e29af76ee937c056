import { Injectable } from '@nestjs/common';
import type { RefundBasis, RefundOrder } from '../gateways';
import { DomainError } from '../kernel/errors';
import { TransactionLookups, type TransactionLookup } from '../transaction-lookup';
import { Charges, type ChargeRecord } from '../charge';
import { OutsideRefunds } from './outside-refunds.service';
import { readinessOf, traceOf, type Readiness, type RefundTrace } from './refund-evidence';
import type { Refund } from './refund.entity';

/** What is to be sent, by T store's answer of just now; or why it is not to be sent, or not now. */
export type CheckedRefund =
  | { kind: 'ready'; order: RefundOrder; baselineLookupId: string }
  | { kind: 'differs'; why: string }
  | { kind: 'later'; why: string };

const ACTOR = 'billing-scheduler';

const RECORD_IT_FIRST =
  'record as an outside refund what was given back, then ask again for the rest; or dismiss it if nothing was';

/** Looks a payment up before it is refunded, and after a refund whose answer was lost. */
@Injectable()
export class RefundCheck {
  constructor(
    private readonly charges: Charges,
    private readonly lookups: TransactionLookups,
    private readonly outside: OutsideRefunds,
  ) {}

  /** @throws {DomainError} `lookup-rate-limited`, `token-unavailable` */
  async before(refund: Refund): Promise<CheckedRefund> {
    const charge = await this.chargeOf(refund);
    const { lookup, answer } = await this.lookups.askNow(refund, ACTOR);
    const readiness = readinessOf(charge, lookup);
    const isSuspected = readiness.kind !== 'later' && (await this.outside.suspect(charge, lookup));
    if (isSuspected) return { kind: 'differs', why: `${whyOf(readiness)}: ${RECORD_IT_FIRST}` };
    if (readiness.kind !== 'ready') return readiness;
    if (answer.kind !== 'success') return { kind: 'later', why: 'T store gave no payment' };
    return { kind: 'ready', order: orderOf(refund, charge, answer.value.basis), baselineLookupId: lookup.id };
  }

  /** @returns `undefined` when T store said nothing of use. @throws {DomainError} as {@link before} */
  async after(refund: Refund): Promise<{ trace: RefundTrace; lookup: TransactionLookup } | undefined> {
    const baseline = await this.lookups.get(refund.baselineLookupId ?? '');
    const { lookup } = await this.lookups.askNow(refund, ACTOR);
    if (baseline.found === null || lookup.found === null) return undefined;
    return { trace: traceOf(baseline.found, lookup.found), lookup };
  }

  private async chargeOf(refund: Refund): Promise<ChargeRecord> {
    const charge = await this.charges.find(refund.chargeId);
    if (charge === undefined) throw new DomainError('internal-error', `refund ${refund.id} has no charge`);
    return charge;
  }
}

function whyOf(readiness: Readiness): string {
  if (readiness.kind === 'ready') return 'T store may have refunded it without us, by its record or a person’s word';
  return `${readiness.why}. T store may have refunded it without us`;
}

function orderOf(refund: Refund, charge: ChargeRecord, basis: RefundBasis): RefundOrder {
  const isFull = refund.amount === charge.amount;
  const note = `${charge.orderNo} refund ${refund.id}`;
  return { account: refund.gatewayAccount, basis, amount: refund.amount, isFull, note };
}
