import { Injectable } from '@nestjs/common';
import { RefundConfig } from '../config';
import type { GatewayTransaction, RefundOrder } from '../gateways/tstore';
import { DomainError } from '../kernel/errors';
import { TransactionLookups, type TransactionLookup } from '../transaction-lookup';
import type { ChargeRecord } from '../charge';
import { Charges } from '../charge';
import { OutsideRefunds } from './outside-refunds.service';
import { readinessOf, traceOf, type RefundTrace } from './refund-evidence';
import type { Refund } from './refund.entity';

/** What is to be sent, by T store's answer of just now; or why it is not to be sent, or not now. */
export type CheckedRefund =
  | { kind: 'ready'; order: RefundOrder; baselineLookupId: string }
  | { kind: 'differs'; why: string }
  | { kind: 'later'; why: string };

const ACTOR = 'billing-scheduler';

/** Looks a payment up before it is refunded, and after a refund whose answer was lost. */
@Injectable()
export class RefundCheck {
  constructor(
    private readonly charges: Charges,
    private readonly lookups: TransactionLookups,
    private readonly outside: OutsideRefunds,
    private readonly config: RefundConfig,
  ) {}

  /** @throws {DomainError} `lookup-rate-limited`, `token-unavailable` */
  async before(refund: Refund): Promise<CheckedRefund> {
    const charge = await this.chargeOf(refund);
    const { lookup, answer } = await this.lookups.askNow(refund.transactionId, ACTOR);
    const readiness = readinessOf(charge, lookup, this.config.refundedStatuses);
    if (readiness.kind === 'differs' && (await this.outside.suspect(charge, lookup)) !== undefined) {
      const act = 'record as an outside refund what was given back, then ask again for the rest';
      return { ...readiness, why: `${readiness.why}. T store has refunded it without us: ${act}` };
    }
    if (readiness.kind !== 'ready') return readiness;
    if (answer.kind !== 'success') return { kind: 'later', why: 'T store gave no payment' };
    return { kind: 'ready', order: orderOf(refund, charge, answer.value), baselineLookupId: lookup.id };
  }

  /** @returns `undefined` when T store said nothing of use. @throws {DomainError} as {@link before} */
  async after(refund: Refund): Promise<{ trace: RefundTrace; lookup: TransactionLookup } | undefined> {
    const baseline = await this.lookups.get(refund.baselineLookupId ?? '');
    const { lookup } = await this.lookups.askNow(refund.transactionId, ACTOR);
    if (baseline.found === null || lookup.found === null) return undefined;
    return { trace: traceOf(baseline.found, lookup.found, this.config.refundedStatuses), lookup };
  }

  private async chargeOf(refund: Refund): Promise<ChargeRecord> {
    const charge = await this.charges.find(refund.chargeId);
    if (charge === undefined) throw new DomainError('internal-error', `refund ${refund.id} has no charge`);
    return charge;
  }
}

/**
 * T store refuses parameters that are not its own, so they are taken from its answer. How a part of a payment by several
 * methods is shared among them is not published: there T store is left to choose, as in the shortest form of its sample.
 */
function orderOf(refund: Refund, charge: ChargeRecord, payment: GatewayTransaction): RefundOrder {
  const isFull = refund.amount === charge.amount;
  const [part, ...others] = payment.paymentParts;
  const isOfOne = part !== undefined && others.length === 0;
  const partOfOne = isOfOne ? [{ method: part.method, amount: refund.amount }] : null;
  return {
    transactionId: payment.transactionId,
    amount: refund.amount,
    isFull,
    payerAuthKey: payment.payerAuthKey,
    refundTransactionId: null,
    note: `${charge.orderNo} refund ${refund.id}`,
    paymentParts: isFull ? payment.paymentParts : partOfOne,
    link: null,
  };
}
