import type { SimulatorClock } from '../../shared/clock';
import { DAY_MS } from '../../shared/durations';
import type { Members } from '../../shared/http/members';
import { vatOf } from '../../shared/vat';
import { KakaoPayRefusal } from '../error-codes';
import type { KakaoPayRequest } from '../http/kakaopay-call';
import { reader } from '../http/members';
import type { Amounts } from './amounts';
import { leftOf, type Cancel, type Payment } from './payment';
import { cancelBody } from './payment-body';
import type { PaymentLife } from './payment-life';
import type { PaymentRegister } from './payment-register';

/** How long after the approval each means can be given back. */
const CANCEL_DUE_MS = { CARD: 365 * DAY_MS, MONEY: 5 * 365 * DAY_MS } as const;

/** Money back, in full or in parts. */
export class CancelCall {
  constructor(
    private readonly clock: SimulatorClock,
    private readonly register: PaymentRegister,
    private readonly life: PaymentLife,
  ) {}

  handle({ contract, body }: KakaoPayRequest): Members {
    const payment = this.register.findOf(contract, reader.requiredText(body, 'tid', 100));
    if (!payment) throw new KakaoPayRefusal(-721, 'tid');
    const payload = reader.optionalText(body, 'payload', 200);
    return cancelBody(payment, this.cancel(payment, body), payload);
  }

  /** Also what the partner console's own button does. */
  cancel(payment: Payment, body: Members): Cancel {
    const total = reader.requiredAmount(body, 'cancel_amount');
    const taxFree = reader.requiredAmount(body, 'cancel_tax_free_amount');
    const vat = reader.optionalAmount(body, 'cancel_vat_amount') ?? vatOf(total, taxFree);
    const believed = reader.optionalAmount(body, 'cancel_available_amount');
    if (payment.status !== 'SUCCESS_PAYMENT' && payment.status !== 'PART_CANCEL_PAYMENT') {
      throw new KakaoPayRefusal(-784);
    }
    const left = leftOf(payment);
    if (total > left.total || (believed !== null && believed !== left.total)) throw new KakaoPayRefusal(-710);
    if (!fits({ total, taxFree, vat }, left)) throw new KakaoPayRefusal(-722);
    this.requireAllowed(payment, total === left.total);
    return this.life.cancel(payment, { total, taxFree, vat });
  }

  private requireAllowed(payment: Payment, isRest: boolean): void {
    const { means, amounts, approvedAt } = payment;
    const isWhole = isRest && payment.cancels.length === 0;
    const isPartCancelable = amounts.greenDeposit === 0 && !(means?.kind === 'CARD' && !means.card.isPartCancelable);
    if (!isWhole && !isPartCancelable) throw new KakaoPayRefusal(-781, '', 'INVALID_CANCEL_AMOUNT');
    if (means !== null && approvedAt !== null && this.clock.now() - approvedAt > CANCEL_DUE_MS[means.kind]) {
      throw new KakaoPayRefusal(-781, '', 'INVALID_CANCEL_STATUS');
    }
  }
}

type Part = Pick<Amounts, 'total' | 'taxFree' | 'vat'>;

/** A part must be of the payment's own split, and the last one takes the rest of each. */
function fits({ total, taxFree, vat }: Part, left: Part): boolean {
  if (total === 0 || taxFree > total || taxFree > left.taxFree || vat > left.vat) return false;
  if (total === left.total) return taxFree === left.taxFree && vat === left.vat;
  return total - taxFree <= left.total - left.taxFree;
}
