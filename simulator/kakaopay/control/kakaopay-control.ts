import { GatewayControl, refusing as refusingBy } from '../../shared/control/gateway-control';
import { ControlError, found } from '../../shared/control/json-routes';
import type { KakaoPayBook, KakaoPayBookEntry, KakaoPayBookTotals } from '../book';
import type { Choice } from '../browser/choice';
import type { CustomerSteps, Outcome, Visit } from '../browser/customer-steps';
import type { Customers } from '../customers';
import type { DeclineSubject, Declines } from '../declines';
import { KakaoPayRefusal } from '../error-codes';
import type {
  KakaoPayFaultKind,
  KakaoPayFaultOrder,
  KakaoPayFaults,
  KakaoPayFaultSubject,
  KakaoPayFaultView,
} from '../faults/catalogue';
import { CALLS } from '../http/kakaopay-call';
import type { CancelCall } from '../payments/cancel-call';
import { leftOf, UNDER_WAY, type Payment } from '../payments/payment';
import type { PaymentRegister } from '../payments/payment-register';
import type { Settings } from '../settings';
import type { Sid, Sids } from '../subscriptions/sids';

export interface KakaoPayControlParts {
  settings: Settings;
  customers: Customers;
  register: PaymentRegister;
  steps: CustomerSteps;
  cancels: CancelCall;
  sids: Sids;
  faults: KakaoPayFaults;
  declines: Declines;
  book: KakaoPayBook;
}

const USUAL_MAINTENANCE_CODE = -9798;

/** Everything a test, the control API and the demo can do to the simulated KakaoPay and read of it. */
export class KakaoPayControl extends GatewayControl<
  KakaoPayFaultKind,
  KakaoPayFaultSubject,
  DeclineSubject,
  KakaoPayBookTotals,
  KakaoPayBookEntry
> {
  constructor(private readonly parts: KakaoPayControlParts) {
    super(parts, CALLS);
  }

  /** The customer's way through a payment's page, by its `tid`, or the latest of an order number. */
  visit(tidOrOrderId: string): Visit {
    return found(this.parts.steps.of(this.payment(tidOrOrderId)), 'page of this payment');
  }

  /** The customer sees the page. */
  open(tidOrOrderId: string): Visit {
    const visit = this.visit(tidOrOrderId);
    this.parts.steps.open(visit);
    return visit;
  }

  /** The customer gets so far, and nothing more ever comes. */
  wait(tidOrOrderId: string, status: string): Visit {
    const known = UNDER_WAY.find((one) => one === status);
    if (known === undefined) throw new ControlError(`status must be one of ${UNDER_WAY.join(', ')}`);
    const visit = this.visit(tidOrOrderId);
    refusing(() => this.parts.steps.wait(visit, known));
    return visit;
  }

  /** The customer consents; what comes back is where the browser is led, if it ever is. */
  pay(tidOrOrderId: string, choice: Choice = {}): Outcome {
    return refusing(() => this.parts.steps.pay(this.visit(tidOrOrderId), choice));
  }

  leave(tidOrOrderId: string): Outcome {
    return refusing(() => this.parts.steps.leave(this.visit(tidOrOrderId)));
  }

  /** The customer fails to authenticate. */
  fail(tidOrOrderId: string): Outcome {
    return refusing(() => this.parts.steps.fail(this.visit(tidOrOrderId)));
  }

  /** Once more the way back, in the same browser or another. */
  leadBack(tidOrOrderId: string): Outcome {
    return refusing(() => this.parts.steps.leadBack(this.visit(tidOrOrderId)));
  }

  /** A cancellation in the partner console: nobody of the merchant's programs asked for it. All that is left, if nothing is given. */
  cancelInConsole(tidOrOrderId: string, members: Record<string, unknown> = {}): void {
    const payment = this.payment(tidOrOrderId);
    const { total, taxFree, vat } = leftOf(payment);
    const rest = { cancel_amount: total, cancel_tax_free_amount: taxFree, cancel_vat_amount: vat };
    const part = { cancel_tax_free_amount: 0, ...members };
    refusing(() => this.parts.cancels.cancel(payment, members.cancel_amount === undefined ? rest : part));
  }

  /** Null is enough for anything. */
  balanceOf(userId: string): number | null {
    return this.parts.customers.balanceOf(userId);
  }

  /** What a customer's money is; null for enough. */
  setBalance(userId: string, won: unknown): void {
    const isWon = won === null || (typeof won === 'number' && Number.isSafeInteger(won) && won >= 0);
    if (!isWon) throw new ControlError('balance must be whole won, or null');
    this.parts.customers.setBalance(userId, won);
  }

  sids(): Sid[] {
    return this.parts.sids.all();
  }

  sid(sid: string): Sid {
    return found(this.parts.sids.find(sid), 'sid');
  }

  /** The customer ends auto-pay in KakaoTalk: nobody is told. */
  endSid(sid: string): void {
    this.parts.sids.end(this.sid(sid), 'customer');
  }

  /** How often a SID may be charged in a month; null for any number. */
  limitSid(sid: string, times: unknown): void {
    const isLimit = times === null || (typeof times === 'number' && Number.isSafeInteger(times) && times >= 0);
    if (!isLimit) throw new ControlError('times must be a whole number, or null');
    this.sid(sid).monthlyLimit = times;
  }

  settings(): { lastApprovedAtMoves: boolean; bankWindow: boolean; tidLifeMs: number } {
    const { lastApprovedAtMoves, hasBankWindow, tidLifeMs } = this.parts.settings;
    return { lastApprovedAtMoves, bankWindow: hasBankWindow, tidLifeMs };
  }

  changeSettings({ lastApprovedAtMoves, bankWindow, tidLifeMs }: Record<string, unknown>): void {
    const { settings } = this.parts;
    for (const [name, value] of Object.entries({ lastApprovedAtMoves, bankWindow })) {
      if (value !== undefined && typeof value !== 'boolean') throw new ControlError(`${name} must be true or false`);
    }
    if (tidLifeMs !== undefined && !(typeof tidLifeMs === 'number' && tidLifeMs > 0)) {
      throw new ControlError('tidLifeMs must be a number above 0');
    }
    if (lastApprovedAtMoves !== undefined) settings.lastApprovedAtMoves = lastApprovedAtMoves === true;
    if (bankWindow !== undefined) settings.hasBankWindow = bankWindow === true;
    if (tidLifeMs !== undefined) settings.tidLifeMs = tidLifeMs;
  }

  /** Everything is off for so long of the simulator's time. */
  beginMaintenance(forMs: number, code = USUAL_MAINTENANCE_CODE): void {
    if (!(forMs > 0)) throw new ControlError('forMs must be a number above 0');
    this.parts.settings.beginMaintenance(forMs, code);
  }

  endMaintenance(): void {
    this.parts.settings.endMaintenance();
  }

  maintenanceUntil(): number | null {
    return this.parts.settings.maintenanceUntil();
  }

  override armFault(order: KakaoPayFaultOrder): KakaoPayFaultView {
    const code = order.options?.code;
    if (code !== undefined && !/^-?\d+$/.test(String(code))) {
      throw new ControlError('option code must be a whole number');
    }
    return super.armFault(order);
  }

  private payment(tidOrOrderId: string): Payment {
    const { register } = this.parts;
    return found(register.find(tidOrOrderId) ?? register.withOrderId(tidOrOrderId).at(-1), 'payment');
  }
}

function refusing<T>(act: () => T): T {
  const worded = (error: unknown): string | null =>
    error instanceof KakaoPayRefusal ? `${error.message} ${error.detail}` : null;
  return refusingBy(worded, act);
}
