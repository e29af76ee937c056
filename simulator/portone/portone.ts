import type { CallLog } from '../shared/call-log';
import type { SimulatorClock } from '../shared/clock';
import type { Exchange } from '../shared/http/exchange';
import type { PostSettings } from '../shared/http/post';
import { MessageOutbox } from '../shared/webhooks/outbox';
import { MessageSender } from '../shared/webhooks/sender';
import { BillingKeys } from './billing/billing-keys';
import { PortOneBook } from './book';
import { PortOneControl } from './control/portone-control';
import { PortOneControlApi } from './control/portone-control-api';
import { Declines } from './declines';
import { PortOneFaults } from './faults/catalogue';
import { Authentication } from './http/authentication';
import { IdempotencyKeys } from './http/idempotency';
import { isPortOnePath, type Route } from './http/portone-call';
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
import { Stores } from './stores';
import { ResendCall } from './webhooks/resend-call';
import { portoneSending } from './webhooks/sending';
import { Webhooks } from './webhooks/webhooks';
import { Windows } from './window/windows';

type Settings = PortOneOptions & PostSettings & { seed: string };

/** The simulated PortOne, beside the other gateways in one process and on one clock, with a book of its own. */
export class PortOne {
  readonly control: PortOneControl;
  private readonly controlApi: PortOneControlApi;
  private readonly gateway: PortOneGateway;

  constructor(settings: Settings, clock: SimulatorClock, log: CallLog) {
    const { seed } = settings;
    const keys = new Keys(seed, clock.now());
    const stores = new Stores(settings.portoneStores);
    const faults = new PortOneFaults(seed);
    const declines = new Declines(seed);
    const register = new PaymentRegister();
    const outbox = new MessageOutbox(clock, new MessageSender(settings, clock, log, portoneSending(seed, stores)));
    const webhooks = new Webhooks(settings.portoneWebhookDelayMs, clock, keys, faults, outbox);
    const life = new PaymentLife(clock, keys, webhooks);
    const charging = new Charging(life, declines);
    const billingKeys = new BillingKeys(clock, keys, webhooks);
    const mostAttempts = settings.portoneMostAttempts;
    const windows = new Windows({ clock, keys, register, life, charging, billingKeys, mostAttempts });
    const lookups = new LookupCalls(register, (transaction) => webhooks.shownOf(transaction));
    const preRegister = new PreRegisterCall(register);
    const confirm = new ConfirmCall(register, charging);
    const cancels = new CancelCall(clock, register, life, settings.portoneMostCancels);
    const closing = new CloseAccountCall(register, life);
    const resend = new ResendCall(register, webhooks);
    const routes: Route[] = [
      { call: 'lookup', method: 'GET', path: '/payments/*', handle: (one) => lookups.lookup(one) },
      {
        call: 'transactions',
        method: 'GET',
        path: '/payments/*/transactions',
        handle: (one) => lookups.transactions(one),
      },
      {
        call: 'pre-register',
        method: 'POST',
        path: '/payments/*/pre-register',
        handle: (one) => preRegister.handle(one),
      },
      { call: 'confirm', method: 'POST', path: '/payments/*/confirm', handle: (one) => confirm.handle(one) },
      { call: 'cancel', method: 'POST', path: '/payments/*/cancel', handle: (one) => cancels.handle(one) },
      {
        call: 'close-account',
        method: 'POST',
        path: '/payments/*/virtual-account/close',
        handle: (one) => closing.handle(one),
      },
      {
        call: 'resend-webhook',
        method: 'POST',
        path: '/payments/*/resend-webhook',
        handle: (one) => resend.handle(one),
      },
    ];
    this.gateway = new PortOneGateway(routes, {
      authentication: new Authentication(clock, keys, stores),
      idempotency: new IdempotencyKeys(clock),
      faults,
      deliverFor: (paymentId) => webhooks.deliverFor(paymentId),
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
  owns({ path }: Exchange): boolean {
    return this.controlApi.owns(path) || isPortOnePath(path);
  }

  handle(exchange: Exchange): Promise<void> {
    if (this.controlApi.owns(exchange.path)) return this.controlApi.handle(exchange);
    return this.gateway.handle(exchange);
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
