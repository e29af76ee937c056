import type { CallLog } from '../shared/call-log';
import type { SimulatorClock } from '../shared/clock';
import type { Exchange } from '../shared/http/exchange';
import type { PostSettings } from '../shared/http/post';
import { MessageOutbox } from '../shared/webhooks/outbox';
import { MessageSender } from '../shared/webhooks/sender';
import { BillingKeys } from './billing/billing-keys';
import { ChargeCall } from './billing/charge-call';
import { DeleteCall } from './billing/delete-call';
import { IssueCall } from './billing/issue-call';
import { TossBook } from './book';
import { TossControl } from './control/toss-control';
import { TossControlApi } from './control/toss-control-api';
import { Declines } from './declines';
import { VirtualAccountCall } from './deposits/virtual-account-call';
import { TossFaults } from './faults/catalogue';
import { IdempotencyKeys } from './http/idempotency';
import { isTossPath, shownPath, type Route } from './http/routes';
import { TossGateway } from './http/toss-gateway';
import { Keys } from './keys';
import { Merchants } from './merchants';
import type { TossOptions } from './options';
import { CancelCall } from './payments/cancel-call';
import { ConfirmCall } from './payments/confirm-call';
import { LookupCall } from './payments/lookup-call';
import { PaymentLife } from './payments/payment-life';
import { PaymentRegister } from './payments/payment-register';
import { CashReceiptsCall } from './reports/cash-receipts-call';
import { SettlementsCall } from './reports/settlements-call';
import { TransactionsCall } from './reports/transactions-call';
import { TOSS_SENDING } from './webhooks/sender';
import { Webhooks } from './webhooks/webhooks';
import { WindowCalls } from './window/window-calls';
import { Windows } from './window/windows';

type Settings = TossOptions & PostSettings & { seed: string };

/** The simulated Toss Payments, beside the T store in one process and on one clock, with a book of its own. */
export class TossPayments {
  readonly control: TossControl;
  private readonly controlApi: TossControlApi;
  private readonly gateway: TossGateway;
  private readonly browser: WindowCalls;

  constructor(settings: Settings, clock: SimulatorClock, log: CallLog) {
    const { seed } = settings;
    const keys = new Keys(seed, clock.now());
    const merchants = new Merchants(settings.tossMerchants);
    const faults = new TossFaults(seed);
    const declines = new Declines(seed);
    const register = new PaymentRegister();
    const outbox = new MessageOutbox(clock, new MessageSender(settings, clock, log, TOSS_SENDING));
    const webhooks = new Webhooks(seed, settings.tossWebhookDelayMs, clock, keys, faults, outbox);
    const life = new PaymentLife(clock, keys, register, webhooks);
    const billingKeys = new BillingKeys();
    const windows = new Windows({ clock, keys, merchants, register, life, billingKeys });
    const cancels = new CancelCall(clock, register, life);
    const deletes = new DeleteCall(clock, billingKeys, webhooks);
    this.browser = new WindowCalls(windows, merchants);
    const confirm = new ConfirmCall(register, life, declines);
    const lookup = new LookupCall(register);
    const issue = new IssueCall(clock, keys, billingKeys);
    const charge = new ChargeCall(billingKeys, register, life, declines);
    const account = new VirtualAccountCall(clock, keys, register, life);
    const transactions = new TransactionsCall(register, faults);
    const settlements = new SettlementsCall(register);
    const receipts = new CashReceiptsCall(clock, keys);
    const idempotency = new IdempotencyKeys(clock);
    const routes: Route[] = [
      { call: 'confirm', method: 'POST', path: '/v1/payments/confirm', handle: (one) => confirm.handle(one) },
      { call: 'confirm', method: 'POST', path: '/v1/payments/*', handle: (one) => confirm.handle(one) },
      { call: 'lookup', method: 'GET', path: '/v1/payments/orders/*', handle: (one) => lookup.byOrder(one) },
      { call: 'lookup', method: 'GET', path: '/v1/payments/*', handle: (one) => lookup.byKey(one) },
      { call: 'cancel', method: 'POST', path: '/v1/payments/*/cancel', handle: (one) => cancels.handle(one) },
      { call: 'create', method: 'POST', path: '/v1/payments', handle: (one) => this.browser.create(one) },
      {
        call: 'billing-issue',
        method: 'POST',
        path: '/v1/billing/authorizations/issue',
        handle: (one) => issue.handle(one),
      },
      {
        call: 'billing-issue',
        method: 'POST',
        path: '/v1/billing/authorizations/*',
        handle: (one) => issue.handle(one),
      },
      { call: 'billing-charge', method: 'POST', path: '/v1/billing/*', handle: (one) => charge.handle(one) },
      { call: 'billing-delete', method: 'DELETE', path: '/v1/billing/*', handle: (one) => deletes.handle(one) },
      { call: 'virtual-account', method: 'POST', path: '/v1/virtual-accounts', handle: (one) => account.handle(one) },
      { call: 'transactions', method: 'GET', path: '/v1/transactions', handle: (one) => transactions.handle(one) },
      { call: 'settlements', method: 'GET', path: '/v1/settlements', handle: (one) => settlements.handle(one) },
      { call: 'settlements', method: 'POST', path: '/v1/settlements', handle: (one) => settlements.request(one) },
      { call: 'cash-receipt', method: 'POST', path: '/v1/cash-receipts', handle: (one) => receipts.issue(one) },
      {
        call: 'cash-receipt',
        method: 'POST',
        path: '/v1/cash-receipts/*/cancel',
        handle: (one) => receipts.cancel(one),
      },
      { call: 'cash-receipt', method: 'GET', path: '/v1/cash-receipts', handle: (one) => receipts.list(one) },
    ];
    this.gateway = new TossGateway(routes, { merchants, keys, faults, idempotency, register, webhooks });
    const book = new TossBook(register);
    this.control = new TossControl({
      merchants,
      register,
      life,
      cancels,
      billingKeys,
      deletes,
      windows,
      webhooks,
      faults,
      declines,
      book,
    });
    this.controlApi = new TossControlApi(this.control);
  }

  /** Whether a request is Toss's: its API, its browser side, or its control. */
  owns(exchange: Exchange): boolean {
    return this.controlApi.owns(exchange.path) || this.browser.owns(exchange) || isTossPath(exchange.path);
  }

  handle(exchange: Exchange): Promise<void> {
    if (this.controlApi.owns(exchange.path)) return this.controlApi.handle(exchange);
    return this.browser.owns(exchange) ? this.browser.handle(exchange) : this.gateway.handle(exchange);
  }

  /** Answers a call that the simulator itself failed at as Toss does its own failures. */
  fail(exchange: Exchange): void {
    exchange.json(500, { code: 'FAILED_INTERNAL_SYSTEM_PROCESSING', message: 'The simulator failed' });
  }

  isControl(exchange: Exchange): boolean {
    return this.controlApi.owns(exchange.path);
  }

  /** The path as logs may show it. */
  shownPath(path: string): string {
    return shownPath(path);
  }
}
