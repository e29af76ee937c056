import type { Members } from '../../shared/http/members';
import type { SimulatorClock } from '../../shared/clock';
import { WITHOUT_EXTRAS, type Declines } from '../declines';
import { KakaoPayRefusal } from '../error-codes';
import type { KakaoPayRequest } from '../http/kakaopay-call';
import { reader } from '../http/members';
import type { Settings } from '../settings';
import type { Sids } from '../subscriptions/sids';
import { isUnderWay, wasPaid, type Means, type Payment } from './payment';
import { approvalBody } from './payment-body';
import { toPayOf, type PaymentLife } from './payment-life';
import type { PaymentRegister } from './payment-register';

/** Collects what the customer consented to: the money moves here, and a recurring contract's SID is issued. */
export class ApproveCall {
  constructor(
    private readonly clock: SimulatorClock,
    private readonly settings: Settings,
    private readonly register: PaymentRegister,
    private readonly life: PaymentLife,
    private readonly sids: Sids,
    private readonly declines: Declines,
  ) {}

  handle({ contract, generation, body }: KakaoPayRequest): Members {
    const tid = reader.requiredText(body, 'tid', 100);
    const orderId = reader.requiredText(body, 'partner_order_id', 100);
    const userId = reader.requiredText(body, 'partner_user_id', 100);
    const pgToken = reader.requiredText(body, 'pg_token', 100);
    const payload = reader.optionalText(body, 'payload', 200);
    const total = reader.optionalAmount(body, 'total_amount');
    const payment = this.register.findOf(contract, tid);
    if (!payment) throw new KakaoPayRefusal(-721, 'tid');
    const means = this.requireApprovable(payment);
    if (payment.orderId !== orderId) throw new KakaoPayRefusal(-706);
    if (payment.userId !== userId) throw new KakaoPayRefusal(-707);
    if (payment.pgToken !== pgToken) throw new KakaoPayRefusal(-708);
    if (total !== null && total !== payment.amounts.total) throw new KakaoPayRefusal(-725, 'total_amount');
    this.approve(payment, means);
    return approvalBody(payment, generation, payload);
  }

  /** What the customer chose to pay with. */
  private requireApprovable(payment: Payment): Means {
    if (wasPaid(payment) || payment.status === 'ISSUED_SID') throw new KakaoPayRefusal(-702);
    if (this.clock.now() - payment.createdAt >= this.settings.tidLifeMs) throw new KakaoPayRefusal(-723);
    // Recorded with extras, though no method was asked.
    if (isUnderWay(payment)) throw new KakaoPayRefusal(-701, '', '9999');
    if (payment.status !== 'AUTH_PASSWORD' || payment.means === null) throw new KakaoPayRefusal(-783);
    return payment.means;
  }

  private approve(payment: Payment, means: Means): void {
    const { orderId, userId, amounts, contract } = payment;
    const approval = { orderId, userId, amount: amounts.total, means, toPay: toPayOf(amounts) };
    const reason = this.declines.reasonFor(approval, 'LACK_BALANCE');
    if (reason !== null) {
      this.life.fail(payment, reason);
      throw new KakaoPayRefusal(-780, '', reason === WITHOUT_EXTRAS ? null : reason);
    }
    this.life.approve(payment, means);
    if (contract.kind === 'recurring') this.sids.issue(payment, means);
  }
}
