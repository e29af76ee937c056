import type { SimulatorClock } from '../../shared/clock';
import type { Strike } from '../../shared/faults/armed-faults';
import type { Members } from '../../shared/http/members';
import { isBank } from '../banks';
import { PortOneRefusal } from '../error-types';
import { invalid, optionalMembers, optionalWord, paymentIdIn, reader } from '../http/members';
import type { PortOneRequest, Struck } from '../http/portone-call';
import type { Amount } from './amount';
import { leftOf } from './amounts';
import { requiredTransaction } from './lookup-calls';
import { cancellationBody } from './payment-body';
import { accountOf, type Cancellation, type CancelTrigger, type Transaction } from './payment';
import type { CancelWanted, PaymentLife } from './payment-life';
import type { PaymentRegister } from './payment-register';

/** Money back, in full or in parts, at once or when the payment company says so. */
export class CancelCall {
  constructor(
    private readonly clock: SimulatorClock,
    private readonly register: PaymentRegister,
    private readonly life: PaymentLife,
    private readonly mostCancels: number,
  ) {}

  handle({ store, parameters, body, struck }: PortOneRequest): Members {
    const transaction = requiredTransaction(this.register, store, paymentIdIn(parameters));
    requireRefundAccount(transaction, body);
    return { cancellation: cancellationBody(this.cancel(transaction, body, 'API', struck)) };
  }

  /** Also what the console's own button does. */
  cancel(transaction: Transaction, body: Members, trigger: CancelTrigger, struck: Struck = () => null): Cancellation {
    const reason = reader.requiredText(body, 'reason', 1000);
    optionalWord(body, 'requester', ['CUSTOMER', 'ADMIN']);
    optionalWord(body, 'promotionDiscountRetainOption', ['RETAIN', 'RELEASE']);
    const amount = this.requireCancellable(transaction, body);
    const wanted: CancelWanted = { amount, reason, trigger, skipsWebhook: body.skipWebhook === true };
    const declined = struck('cancel-declined');
    if (declined) {
      this.life.failCancel(transaction, wanted);
      throw new PortOneRefusal('PG_PROVIDER', '', declined.text('pgCode'));
    }
    const pending = struck('cancel-pending');
    return pending ? this.request(transaction, wanted, pending) : this.life.cancel(transaction, wanted);
  }

  private request(transaction: Transaction, wanted: CancelWanted, pending: Strike): Cancellation {
    const cancellation = this.life.requestCancel(transaction, wanted);
    const afterMs = pending.number('afterMs');
    if (afterMs > 0) {
      const isGiven = pending.text('endsAs') === 'SUCCEEDED';
      this.clock.schedule(this.clock.now() + afterMs, () => this.life.endCancel(transaction, cancellation, isGiven));
    }
    return cancellation;
  }

  private requireCancellable(transaction: Transaction, body: Members): Amount {
    const { status } = transaction;
    if (status === 'CANCELLED') throw new PortOneRefusal('PAYMENT_ALREADY_CANCELLED');
    if (status !== 'PAID' && status !== 'PARTIAL_CANCELLED') throw new PortOneRefusal('PAYMENT_NOT_PAID');
    const left = leftOf(transaction);
    const believed = reader.optionalAmount(body, 'currentCancellableAmount');
    if (believed !== null && believed !== left.total) throw new PortOneRefusal('CANCELLABLE_AMOUNT_CONSISTENCY_BROKEN');
    if (transaction.cancellations.length >= this.mostCancels) throw new PortOneRefusal('MAX_CANCEL_COUNT_REACHED');
    const wanted = wantedOf(body, left);
    requireWithin(wanted, left);
    return wanted;
  }
}

/** All that is left, if no amount is given; of a part, nothing is free of tax unless it is said. */
function wantedOf(body: Members, left: Amount): Amount {
  const total = reader.optionalAmount(body, 'amount');
  const taxFree = reader.optionalAmount(body, 'taxFreeAmount');
  const vat = reader.optionalAmount(body, 'vatAmount');
  if (total === null) return { total: left.total, taxFree: taxFree ?? left.taxFree, vat: vat ?? left.vat };
  if (total === 0) throw invalid('amount');
  const isRest = total === left.total;
  // The last part takes what rounding left.
  const reckoned = isRest ? left.vat : Math.min(Math.round((total - (taxFree ?? 0)) / 11), left.vat);
  return { total, taxFree: taxFree ?? 0, vat: vat ?? Math.max(0, reckoned) };
}

function requireWithin({ total, taxFree, vat }: Amount, left: Amount): void {
  if (total > left.total) throw new PortOneRefusal('CANCEL_AMOUNT_EXCEEDS_CANCELLABLE_AMOUNT');
  if (taxFree + vat > total) throw new PortOneRefusal('SUM_OF_PARTS_EXCEEDS_CANCEL_AMOUNT');
  if (taxFree > left.taxFree) throw new PortOneRefusal('CANCEL_TAX_FREE_AMOUNT_EXCEEDS_CANCELLABLE_TAX_FREE_AMOUNT');
  if (total - taxFree > left.total - left.taxFree || vat > left.vat) {
    throw new PortOneRefusal('CANCEL_TAX_AMOUNT_EXCEEDS_CANCELLABLE_TAX_AMOUNT');
  }
}

/** Whoever paid into an account can only be paid by another transfer. */
function requireRefundAccount(transaction: Transaction, body: Members): void {
  const account = optionalMembers(body, 'refundAccount');
  if (account === null) {
    if (accountOf(transaction) !== null && transaction.paidAt !== null) throw invalid('refundAccount');
    return;
  }
  if (!isBank(account.bank)) throw invalid('refundAccount.bank');
  reader.requiredText(account, 'number', 40);
  reader.requiredText(account, 'holderName', 100);
}
