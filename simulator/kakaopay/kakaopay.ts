import type { SimulatorClock } from '../shared/clock';
import type { Exchange } from '../shared/http/exchange';
import { KakaoPayBook } from './book';
import { CustomerSteps } from './browser/customer-steps';
import { PageCalls } from './browser/page-calls';
import { KakaoPayControl } from './control/kakaopay-control';
import { KakaoPayControlApi } from './control/kakaopay-control-api';
import { Customers } from './customers';
import { Declines } from './declines';
import { definitionOf } from './error-codes';
import { KakaoPayFaults } from './faults/catalogue';
import { errorBody } from './http/generations';
import { KakaoPayGateway } from './http/kakaopay-gateway';
import { routeOf } from './http/kakaopay-call';
import { Keys } from './keys';
import { Merchants } from './merchants';
import type { KakaoPayOptions } from './options';
import { ApproveCall } from './payments/approve-call';
import { CancelCall } from './payments/cancel-call';
import { OrderCall } from './payments/order-call';
import { PaymentLife } from './payments/payment-life';
import { PaymentRegister } from './payments/payment-register';
import { ReadyCall } from './payments/ready-call';
import { Settings } from './settings';
import { InactiveCall } from './subscriptions/inactive-call';
import { Sids } from './subscriptions/sids';
import { StatusCall } from './subscriptions/status-call';
import { SubscriptionCall } from './subscriptions/subscription-call';

/** The simulated KakaoPay, beside the other gateways in one process and on one clock, with a book of its own. */
export class KakaoPay {
  readonly control: KakaoPayControl;
  private readonly controlApi: KakaoPayControlApi;
  private readonly gateway: KakaoPayGateway;
  private readonly pages: PageCalls;

  constructor(options: KakaoPayOptions & { seed: string }, clock: SimulatorClock) {
    const { seed } = options;
    const keys = new Keys(seed, clock.now());
    const settings = new Settings(options, clock);
    const merchants = new Merchants(options.kakaopayMerchants);
    const faults = new KakaoPayFaults(seed);
    const customers = new Customers();
    const declines = new Declines(seed, customers, settings);
    const register = new PaymentRegister();
    const life = new PaymentLife(clock, keys, register, customers);
    const steps = new CustomerSteps(clock, keys, settings, life);
    const sids = new Sids(clock, keys, settings);
    const ready = new ReadyCall(life, steps);
    const approve = new ApproveCall(clock, settings, register, life, sids, declines);
    const order = new OrderCall(register);
    const cancels = new CancelCall(clock, register, life);
    const subscription = new SubscriptionCall(sids, life, declines);
    const status = new StatusCall(sids);
    const inactive = new InactiveCall(sids);
    this.gateway = new KakaoPayGateway(
      {
        ready: (request) => ready.handle(request),
        approve: (request) => approve.handle(request),
        order: (request) => order.handle(request),
        cancel: (request) => cancels.handle(request),
        subscription: (request) => subscription.handle(request),
        status: (request) => status.handle(request),
        inactive: (request) => inactive.handle(request),
      },
      { merchants, faults, settings, register },
    );
    this.pages = new PageCalls(steps);
    const book = new KakaoPayBook(register);
    this.control = new KakaoPayControl({
      settings,
      customers,
      register,
      steps,
      cancels,
      sids,
      faults,
      declines,
      book,
    });
    this.controlApi = new KakaoPayControlApi(this.control);
  }

  /** Whether a request is KakaoPay's: its API, its customers' pages, or its control. */
  owns({ path }: Exchange): boolean {
    return this.controlApi.owns(path) || this.pages.owns(path) || this.gateway.owns(path);
  }

  handle(exchange: Exchange): Promise<void> {
    if (this.controlApi.owns(exchange.path)) return this.controlApi.handle(exchange);
    return this.pages.owns(exchange.path) ? this.pages.handle(exchange) : this.gateway.handle(exchange);
  }

  /** Answers a call that the simulator itself failed at as KakaoPay does its own failures. */
  fail(exchange: Exchange): void {
    const generation = routeOf(exchange.path)?.generation ?? 'current';
    exchange.json(500, errorBody(generation, -1, definitionOf(-1).message, null));
  }

  isControl(exchange: Exchange): boolean {
    return this.controlApi.owns(exchange.path);
  }

  /** The path as logs may show it: who has a page's address may pay in it. */
  shownPath(path: string): string {
    return path.replace(/^(\/mockup\/v1\/[^/]{6})[^/]+/, '$1…');
  }
}
