import { Injectable } from '@nestjs/common';
import { DirectPayments, type DirectPayment } from '../direct-payment';
import { Gateways, type GatewayName } from '../gateways';
import { Checkout } from '../order';
import { ChargeTransactions, OutsideRefunds } from '../refund';
import { tells } from '../transaction-lookup';

const ACTOR = 'look-into-message';

/** What came of looking at what a message is about. */
export type News =
  /** Something that our record did not have, and what was done about it. */
  | { kind: 'news'; code: string; what: string }
  /** Nothing that is not known, or nothing of ours. */
  | { kind: 'none'; why: string }
  /** It could not be told yet. */
  | { kind: 'later'; why: string };

/** A payment by the name it has here, at one account. */
export interface NamedPayment {
  gateway: GatewayName;
  account: string;
  orderNo: string;
  /** SHA-256 of the secret by which a message about a deposit says that it is genuine; `null`: it names none. */
  secretHash: Buffer | null;
}

/**
 * Finds out whether there is news of a payment, by asking its gateway. What a message says of it is not known here: it moves
 * nothing, and what the gateway has moves what it would move whoever had asked.
 */
@Injectable()
export class PaymentNews {
  constructor(
    private readonly payments: DirectPayments,
    private readonly checkout: Checkout,
    private readonly transactions: ChargeTransactions,
    private readonly outside: OutsideRefunds,
    private readonly gateways: Gateways,
  ) {}

  /** @returns how to find out; or, where nothing of ours is named, why nobody is asked */
  async of(named: NamedPayment): Promise<(() => Promise<News>) | string> {
    const payment = await this.payments.findByOrderNo(named.account, named.orderNo);
    if (payment !== undefined) {
      // A message that names another secret is not even a reason to look.
      const isForged = named.secretHash !== null && !(await this.isGenuine(payment, named.secretHash));
      return isForged ? 'its secret is not that of the deposit' : () => this.ofPayment(payment);
    }
    const window = await this.checkout.openWindow(named.account, named.orderNo);
    return window
      ? () => this.ofWindow(named, window.gatewayReference)
      : 'no payment of this account has this order number';
  }

  /** Of a payment for which no account was issued, the secret is not kept, and proves nothing either way. */
  private async isGenuine({ id }: DirectPayment, secretHash: Buffer): Promise<boolean> {
    const account = await this.payments.depositAccountOf([id]);
    return account?.secretKeyId == null || this.payments.isDepositSecret(id, secretHash);
  }

  private async ofPayment(payment: DirectPayment): Promise<News> {
    switch (payment.state) {
      case 'Pending':
      case 'Sending':
        return { kind: 'later', why: 'the payment is on its way' };
      case 'Unknown':
        // Found out first: what was given back of it since is seen by a look at one that is known to be paid.
        await this.payments.lookSoon(payment.id);
        return { kind: 'later', why: 'the payment is in doubt, and was made due to be found out' };
      case 'Awaited':
        await this.payments.lookSoon(payment.id);
        return this.ofAwaited(payment);
      case 'Paid':
        return this.ofPaid(payment);
      case 'Declined':
      case 'Canceled':
        return this.ofUnpaid(payment);
    }
  }

  /** A deposit that does not count yet may have been given back already: that is seen by a look at one that is known to be paid. */
  private async ofAwaited(payment: DirectPayment): Promise<News> {
    const answer = await this.payments.find(payment);
    const isWaiting = answer.kind === 'success' && ['awaited', 'over'].includes(answer.value.standing);
    if (!isWaiting)
      return { kind: 'later', why: 'the payment was made due to be looked for, and a deposit may have come' };
    return { kind: 'none', why: 'the payment waits for a deposit, which was made due to be looked for' };
  }

  /** What was given back without us, or taken back by a bank. */
  private async ofPaid({ orderNo }: DirectPayment): Promise<News> {
    const { charge, lookup, isSuspected } = await this.transactions.lookNow(orderNo, ACTOR);
    if (lookup.found === null) return { kind: 'later', why: lookup.message ?? lookup.answer };
    const refundId = await this.outside.recordListed(orderNo, lookup, ACTOR);
    const code = lookup.found.status;
    if (refundId !== undefined) return { kind: 'news', code, what: `given back without us: refund ${refundId}` };
    // A refund of ours that is under way may be what is seen: its end tells.
    if (isSuspected && charge.pendingRefundAmount > 0) return { kind: 'later', why: 'a refund of ours has not ended' };
    if (isSuspected) return { kind: 'news', code, what: 'given or taken back without us: a person must say how much' };
    return { kind: 'none', why: `the gateway has it as ${code}, which is known` };
  }

  private async ofUnpaid(payment: DirectPayment): Promise<News> {
    const { look, stopsLine } = await this.payments.lookAtEnded(payment, ACTOR);
    const { answer, found, message } = look;
    if (!tells(answer)) return { kind: 'later', why: message ?? answer };
    if (found !== null && stopsLine) {
      const { resultCode: code, transactionId } = found;
      return { kind: 'news', code, what: `paid at the gateway by transaction ${transactionId}, and not here` };
    }
    const seen = found?.resultCode ?? message ?? answer;
    return { kind: 'none', why: `it is ${payment.state} here and ${seen} at the gateway, which is known` };
  }

  /** Of a window nobody came back from. Without a confirmation no money moves, and no message makes us confirm. */
  private async ofWindow({ gateway, account, orderNo }: NamedPayment, reference: string | null): Promise<News> {
    const answer = await this.gateways.findingOrders(gateway).findByOrder({ account, orderNo, reference });
    if (answer.kind === 'unknown') return { kind: 'later', why: answer.message };
    if (answer.kind === 'refused') {
      const why = answer.resultMessage;
      return answer.notFound === true ? { kind: 'none', why } : { kind: 'later', why };
    }
    const { standing, resultCode, transactionId } = answer.value;
    if (standing === 'open' || standing === 'over') {
      return { kind: 'none', why: `the gateway has it as ${resultCode}: nothing was confirmed` };
    }
    await this.checkout.takeUp(account, orderNo, transactionId);
    return { kind: 'news', code: resultCode, what: 'the gateway has a payment nobody came back with: taken up' };
  }
}
