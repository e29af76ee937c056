import type { SimulatorClock } from '../../shared/clock';
import { DAY_MS } from '../../shared/durations';
import type { Members } from '../../shared/http/members';
import { PortOneRefusal } from '../error-types';
import {
  invalid,
  optionalInstant,
  optionalMembers,
  optionalTexts,
  optionalWord,
  paymentIdIn,
  reader,
} from '../http/members';
import type { PortOneRequest } from '../http/portone-call';
import { shownOf, wasPaid } from '../payments/payment';
import type { PaymentRegister } from '../payments/payment-register';
import { isoText, isoTextOrNone } from '../payments/times';
import { isWithin, paged } from '../reports/paging';
import type { Store } from '../stores';
import type { BillingKeys } from './billing-keys';
import type { BillingCharges } from './charge-call';
import { chargeRequestOf } from './charge-request';
import { requiredKey, requiredLiveKey } from './key-calls';
import type { Schedule, Schedules } from './schedules';

/** What `GET /payment-schedules` looks at if it is not told: not the future. */
const USUAL_DAYS = 90;

const WAITING = ['READY', 'PAY_PENDING', 'VIRTUAL_ACCOUNT_ISSUED'];

/** PortOne's own calendar of charges. */
export class ScheduleCalls {
  constructor(
    private readonly clock: SimulatorClock,
    private readonly register: PaymentRegister,
    private readonly billingKeys: BillingKeys,
    private readonly schedules: Schedules,
    private readonly charges: BillingCharges,
  ) {}

  create({ store, parameters, body }: PortOneRequest): Members {
    const paymentId = paymentIdIn(parameters);
    const input = optionalMembers(body, 'payment');
    const timeToPay = optionalInstant(body, 'timeToPay');
    if (input === null || timeToPay === null || timeToPay <= this.clock.now()) throw invalid('payment and timeToPay');
    const key = requiredLiveKey(this.billingKeys, store, input);
    const request = chargeRequestOf(key, input);
    this.requireFree(store, paymentId);
    const installmentMonth = reader.optionalAmount(input, 'installmentMonth');
    const schedule = this.schedules.add({ key, paymentId, request, installmentMonth, timeToPay }, (due) =>
      this.charge(due),
    );
    return { schedule: { id: schedule.id } };
  }

  lookup({ store, parameters }: PortOneRequest): Members {
    return scheduleBody(this.required(store, parameters[0] ?? ''));
  }

  list({ store, body }: PortOneRequest): Members {
    const filter = optionalMembers(body, 'filter') ?? {};
    const now = this.clock.now();
    const from = optionalInstant(filter, 'from') ?? now - USUAL_DAYS * DAY_MS;
    const until = optionalInstant(filter, 'until') ?? now;
    const billingKey = reader.optionalText(filter, 'billingKey', 200);
    const statuses = optionalTexts(filter, 'status');
    const fitting = this.schedules
      .of(store)
      .filter(({ timeToPay }) => isWithin(timeToPay, from, until))
      .filter(({ key }) => billingKey === null || key.billingKey === billingKey)
      .filter(({ status }) => statuses?.includes(status) ?? true);
    const sort = optionalMembers(body, 'sort') ?? {};
    const isAscending = optionalWord(sort, 'order', ['ASC', 'DESC']) === 'ASC';
    fitting.sort((one, other) => (isAscending ? 1 : -1) * (one.timeToPay - other.timeToPay));
    return paged(fitting.map(scheduleBody), body);
  }

  /** All or nothing. */
  revoke({ store, body }: PortOneRequest): Members {
    const ids = optionalTexts(body, 'scheduleIds');
    const billingKey = reader.optionalText(body, 'billingKey', 200);
    if (ids === null && billingKey === null) throw invalid('billingKey or scheduleIds');
    const chosen = ids === null ? this.waitingFor(store, billingKey) : ids.map((id) => this.required(store, id));
    for (const { status, key } of chosen) {
      if (billingKey !== null && key.billingKey !== billingKey) throw new PortOneRefusal('PAYMENT_SCHEDULE_NOT_FOUND');
      if (status === 'REVOKED') throw new PortOneRefusal('PAYMENT_SCHEDULE_ALREADY_REVOKED');
      if (status !== 'SCHEDULED') throw new PortOneRefusal('PAYMENT_SCHEDULE_ALREADY_PROCESSED');
    }
    const revokedAt = chosen.map((one) => this.schedules.revoke(one)).at(-1) ?? null;
    return { revokedScheduleIds: chosen.map(({ id }) => id), ...isoTextOrNone('revokedAt', revokedAt) };
  }

  private waitingFor(store: Store, billingKey: string | null): Schedule[] {
    const key = requiredKey(this.billingKeys, store, billingKey);
    return this.schedules.of(store).filter((one) => one.key === key && one.status === 'SCHEDULED');
  }

  private requireFree(store: Store, paymentId: string): void {
    if (this.schedules.waitsUnder(store, paymentId)) throw new PortOneRefusal('PAYMENT_SCHEDULE_ALREADY_EXISTS');
    const payment = this.register.findOf(store, paymentId);
    const shown = payment && shownOf(payment);
    if (shown && (wasPaid(shown) || WAITING.includes(shown.status)))
      throw new PortOneRefusal('ALREADY_PAID_OR_WAITING');
  }

  /** What the calendar does when its time has come: a key that is gone by then fails without an attempt. */
  private charge({ key, paymentId, request, id }: Schedule): boolean {
    if (key.deletedAt !== null) return false;
    try {
      return this.charges.collect(key, { paymentId, request, scheduleId: id }) === null;
    } catch (error) {
      if (error instanceof PortOneRefusal) return false;
      throw error;
    }
  }

  private required(store: Store, id: string): Schedule {
    const schedule = this.schedules.findOf(store, id);
    if (!schedule) throw new PortOneRefusal('PAYMENT_SCHEDULE_NOT_FOUND');
    return schedule;
  }
}

function scheduleBody({ key, request, ...schedule }: Schedule): Members {
  const { store, billingKey } = key;
  const { amount, products, noticeUrls } = request;
  return {
    status: schedule.status,
    id: schedule.id,
    merchantId: store.merchantId,
    storeId: store.storeId,
    paymentId: schedule.paymentId,
    billingKey,
    orderName: request.orderName,
    isCulturalExpense: false,
    isEscrow: false,
    customer: request.customer,
    customData: request.customData ?? '',
    totalAmount: amount.total,
    taxFreeAmount: amount.taxFree,
    vatAmount: amount.vat,
    currency: 'KRW',
    ...(schedule.installmentMonth === null ? {} : { installmentMonth: schedule.installmentMonth }),
    ...(noticeUrls.length === 0 ? {} : { noticeUrls }),
    ...(products === null ? {} : { products }),
    createdAt: isoText(schedule.createdAt),
    timeToPay: isoText(schedule.timeToPay),
    ...isoTextOrNone('startedAt', schedule.startedAt),
    ...isoTextOrNone('completedAt', schedule.completedAt),
    ...isoTextOrNone('revokedAt', schedule.revokedAt),
  };
}
