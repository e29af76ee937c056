import { Injectable } from '@nestjs/common';
import type { GatewayAnswer, LookedUpPayment, OrderAt, PaymentAt, PaymentReceipt } from '../gateway';
import type { FindsOrders, FindsPayments } from '../ports';
import { unknown } from '../reading';
import { KakaopayClient } from './api/kakaopay.client';
import type { KakaopayPayment } from './api/payment';
import { KakaopayBasis, asReceipt, foundOf } from './found-payment';
import { KakaopayAccounts, type ContractKind } from './kakaopay-accounts';

/** A payment, and by which contract it was found. */
interface Found {
  payment: KakaopayPayment;
  contract: ContractKind;
}

/** Looks payments up at KakaoPay, by its `tid` alone: it has no other way. */
@Injectable()
export class KakaopayPayments implements FindsPayments, FindsOrders {
  readonly needsReference = true;

  constructor(
    private readonly accounts: KakaopayAccounts,
    private readonly client: KakaopayClient,
  ) {}

  async find({ account, transactionId }: PaymentAt): Promise<GatewayAnswer<LookedUpPayment>> {
    const answer = await this.order(account, transactionId);
    if (answer.kind !== 'success') return answer;
    const { payment, contract } = answer.value;
    return { ...answer, value: { payment: foundOf(payment), basis: new KakaopayBasis(payment, contract) } };
  }

  async findByOrder({ account, orderNo, reference }: OrderAt): Promise<GatewayAnswer<PaymentReceipt>> {
    if (reference === null) {
      return unknown('undecided', 'KakaoPay finds a payment by its tid alone, and the tid was lost with the answer');
    }
    const answer = await this.order(account, reference);
    if (answer.kind !== 'success') return answer;
    const { payment } = answer.value;
    if (payment.orderId !== orderNo) return unknown('another-payment', 'the answer is about another payment');
    return asReceipt({ ...answer, value: payment });
  }

  /** A `tid` does not say which contract it is of, and is absent under the other. */
  private async order(account: string, tid: string): Promise<GatewayAnswer<Found>> {
    let answer: GatewayAnswer<KakaopayPayment> | undefined;
    for (const contract of await this.accounts.kindsOf(account)) {
      answer = await this.accounts.asking(account, contract, (call) => this.client.order(tid, call));
      if (answer.kind === 'refused' && answer.notFound === true) continue;
      if (answer.kind !== 'success') return answer;
      if (answer.value.tid !== tid) break;
      return { ...answer, value: { payment: answer.value, contract } };
    }
    if (answer?.kind === 'refused') return answer;
    return unknown('another-payment', 'the answer is about another payment');
  }
}
