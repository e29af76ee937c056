import type { Members } from '../../shared/http/members';
import { WITHOUT_EXTRAS, type Declines } from '../declines';
import { KakaoPayRefusal } from '../error-codes';
import type { KakaoPayRequest } from '../http/kakaopay-call';
import { reader } from '../http/members';
import { approvalBody } from '../payments/payment-body';
import type { PaymentLife } from '../payments/payment-life';
import { amountsOf, orderOf } from '../payments/ready-call';
import { requiredSid } from './required-sid';
import type { Sid, Sids } from './sids';

/** One charge by SID. Nothing catches a second one of the same order: who calls must. */
export class SubscriptionCall {
  constructor(
    private readonly sids: Sids,
    private readonly life: PaymentLife,
    private readonly declines: Declines,
  ) {}

  handle({ contract, generation, body }: KakaoPayRequest): Members {
    const sid = requiredSid(this.sids, contract, body);
    const order = orderOf(body);
    const itemName = reader.optionalText(body, 'item_name', 100) ?? sid.itemName;
    const payload = reader.optionalText(body, 'payload', 200);
    const amounts = amountsOf(body);
    if (amounts.total === 0) throw new KakaoPayRefusal(-722, 'total_amount');
    this.requireUsable(sid, order.userId);
    const payment = this.life.begin({ contract, ...order, itemName, amounts, page: null });
    payment.sid = sid.sid;
    const { orderId, userId } = order;
    const approval = { orderId, userId, amount: amounts.total, means: sid.means, toPay: amounts.total };
    const reason = this.declines.reasonFor(approval, '8008');
    if (reason !== null) {
      this.life.fail(payment, reason);
      throw new KakaoPayRefusal(-782, '', reason === WITHOUT_EXTRAS ? null : reason);
    }
    this.life.approve(payment, sid.means);
    this.sids.charged(sid);
    return approvalBody(payment, generation, payload);
  }

  private requireUsable(sid: Sid, userId: string): void {
    if (sid.inactivatedAt !== null) throw new KakaoPayRefusal(-751);
    if (sid.userId !== userId) throw new KakaoPayRefusal(-753);
    if (this.sids.isUsedUp(sid)) throw new KakaoPayRefusal(-752);
  }
}
