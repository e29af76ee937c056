import type { CallLog } from '../shared/call-log';
import type { SimulatorClock } from '../shared/clock';
import type { Exchange } from '../shared/http/exchange';
import type { PostSettings } from '../shared/http/post';
import type { Method } from '../shared/http/routes';
import { MessageOutbox } from '../shared/webhooks/outbox';
import { MessageSender } from '../shared/webhooks/sender';
import { BillingKeys } from './billing/billing-keys';
import { BillingCharges, ChargeCall } from './billing/charge-call';
import { ConfirmKeyCalls } from './billing/confirm-calls';
import { KeyCalls } from './billing/key-calls';
import { ScheduleCalls } from './billing/schedule-calls';
import { Schedules } from './billing/schedules';
import { PortOneBook } from './book';
import { PortOneControl } from './control/portone-control';
import { PortOneControlApi } from './control/portone-control-api';
import { Declines } from './declines';
import { PortOneFaults } from './faults/catalogue';
import { Authentication } from './http/authentication';
import { IdempotencyKeys } from './http/idempotency';
import { isPortOnePath, type CallName, type PortOneHandler, type Route } from './http/portone-call';
import { PortOneGateway } from './http/portone-gateway';
import { Keys } from './keys';
import type { PortOneOptions } from './options';
import { CancelCall } from './payments/cancel-call';
import { Charging } from './payments/charging';
import { CloseAccountCall } from './payments/close-account-call';
import { ConfirmCall } from './payments/confirm-call';
import { LookupCalls } from './payments/lookup-calls';
import { PaymentLife } from './payments/payment-life';
import { PaymentRegister } from './payments/payment-register';
import { PreRegisterCall } from './payments/pre-register-call';
import { EventRegister } from './reports/event-register';
import { KakaoPayOrderCall } from './reports/kakaopay-order-call';
import { ListCalls } from './reports/list-calls';
import { VatReportCall } from './reports/vat-report-call';
import { Stores } from './stores';
import { ResendCall } from './webhooks/resend-call';
import { portoneSending } from './webhooks/sending';
import { Webhooks } from './webhooks/webhooks';
import { WindowCalls } from './window/window-calls';
import { Windows } from './window/windows';

type Settings = PortOneOptions & PostSettings & { seed: string };

/** The simulated PortOne, beside the other gateways in one process and on one clock, with a book of its own. */
export class PortOne {
  readonly control: PortOneControl;
  private readonly controlApi: PortOneControlApi;
  private readonly gateway: PortOneGateway;
  private readonly browser: WindowCalls;

  constructor(settings: Settings, clock: SimulatorClock, log: CallLog) {
    const { seed } = settings;
    const keys = new Keys(seed, clock.now());
    const stores = new Stores(settings.portoneStores);
    const faults = new PortOneFaults(seed);
    const declines = new Declines(seed);
    const register = new PaymentRegister();
    const outbox = new MessageOutbox(clock, new MessageSender(settings, clock, log, portoneSending(seed, stores)));
    const webhooks = new Webhooks(settings.portoneWebhookDelayMs, clock, keys, faults, outbox);
    const events = new EventRegister(clock, keys);
    const life = new PaymentLife(clock, keys, [events, webhooks]);
    const charging = new Charging(life, declines);
    const billingKeys = new BillingKeys(clock, keys, webhooks);
    const mostAttempts = settings.portoneMostAttempts;
    const windows = new Windows({ clock, keys, register, life, charging, billingKeys, mostAttempts });
    const deliverFor = (paymentId: string | null): Promise<number> => webhooks.deliverFor(paymentId);
    this.browser = new WindowCalls(windows, stores, faults, deliverFor);
    const lookups = new LookupCalls(register, (transaction) => webhooks.shownOf(transaction));
    const preRegister = new PreRegisterCall(register);
    const confirm = new ConfirmCall(register, charging);
    const cancels = new CancelCall(clock, register, life, settings.portoneMostCancels);
    const closing = new CloseAccountCall(register, life);
    const resend = new ResendCall(register, webhooks);
    const schedules = new Schedules(clock, keys);
    const charges = new BillingCharges(register, life, charging, mostAttempts);
    const charge = new ChargeCall(billingKeys, schedules, charges, charging);
    const scheduling = new ScheduleCalls(clock, register, billingKeys, schedules, charges);
    const keyCalls = new KeyCalls(billingKeys, schedules);
    const confirmKeys = new ConfirmKeyCalls(billingKeys, charging);
    const lists = new ListCalls(clock, register, events, lookups);
    const vatReport = new VatReportCall(events);
    const kakaopayOrder = new KakaoPayOrderCall(register);
    const routes: Route[] = [
      route('list', 'GET /payments', (one) => lists.payments(one)),
      route('payments-by-cursor', 'GET /payments-by-cursor', (one) => lists.paymentsByCursor(one)),
      route('events-by-cursor', 'GET /payment-events-by-cursor', (one) => lists.eventsByCursor(one)),
      route('charge', 'POST /payments/*/billing-key', (one) => charge.handle(one)),
      route('schedule', 'POST /payments/*/schedule', (one) => scheduling.create(one)),
      route('schedules', 'GET /payment-schedules', (one) => scheduling.list(one)),
      route('schedule-lookup', 'GET /payment-schedules/*', (one) => scheduling.lookup(one)),
      route('schedule-revoke', 'DELETE /payment-schedules', (one) => scheduling.revoke(one)),
      route('billing-keys', 'GET /billing-keys', (one) => keyCalls.list(one)),
      route('billing-key', 'GET /billing-keys/*', (one) => keyCalls.lookup(one)),
      route('billing-delete', 'DELETE /billing-keys/*', (one) => keyCalls.delete(one)),
      route('billing-confirm', 'POST /billing-keys/confirm', (one) => confirmKeys.confirm(one)),
      route('billing-confirm', 'POST /billing-keys/confirm-issue-and-pay', (one) => confirmKeys.confirmAndPay(one)),
      route('vat-report', 'GET /payment-reconciliations/transactions/vat-report', (one) => vatReport.handle(one)),
      route('vat-report', 'GET /payment-reconciliations/settlements/vat-report', (one) => vatReport.handle(one)),
      route('kakaopay-order', 'GET /kakaopay/payment/order', (one) => kakaopayOrder.handle(one)),

      route('lookup', 'GET /payments/*', (one) => lookups.lookup(one)),
      route('transactions', 'GET /payments/*/transactions', (one) => lookups.transactions(one)),
      route('pre-register', 'POST /payments/*/pre-register', (one) => preRegister.handle(one)),
      route('confirm', 'POST /payments/*/confirm', (one) => confirm.handle(one)),
      route('cancel', 'POST /payments/*/cancel', (one) => cancels.handle(one)),
      route('close-account', 'POST /payments/*/virtual-account/close', (one) => closing.handle(one)),
      route('resend-webhook', 'POST /payments/*/resend-webhook', (one) => resend.handle(one)),
    ];
    this.gateway = new PortOneGateway(routes, {
      authentication: new Authentication(clock, keys, stores),
      idempotency: new IdempotencyKeys(clock),
      faults,
      deliverFor,
    });
    const book = new PortOneBook(register);
    this.control = new PortOneControl({
      stores,
      register,
      life,
      cancels,
      billingKeys,
      windows,
      webhooks,
      faults,
      declines,
      book,
    });
    this.controlApi = new PortOneControlApi(this.control);
  }

  /** Whether a request is PortOne's: its API, its browser side, or its control. */
  owns(exchange: Exchange): boolean {
    const { path } = exchange;
    return this.controlApi.owns(path) || this.browser.owns(exchange) || isPortOnePath(path);
  }

  handle(exchange: Exchange): Promise<void> {
    if (this.controlApi.owns(exchange.path)) return this.controlApi.handle(exchange);
    return this.browser.owns(exchange) ? this.browser.handle(exchange) : this.gateway.handle(exchange);
  }

  /** Answers a call that the simulator itself failed at as PortOne does its own failures. */
  fail(exchange: Exchange): void {
    exchange.json(500, { type: 'INTERNAL_SERVER_ERROR', message: 'The simulator failed' });
  }

  isControl(exchange: Exchange): boolean {
    return this.controlApi.owns(exchange.path);
  }

  /** The path as logs may show it: billing keys are secrets. */
  shownPath(path: string): string {
    return path.replace(/^(\/billing-keys\/billing-key-[^/]{6})[^/]+/, '$1…');
  }
}

function route(call: CallName, methodAndPath: string, handle: PortOneHandler): Route {
  const [method, path] = methodAndPath.split(' ') as [Method, string];
  return { call, method, path, handle };
}
