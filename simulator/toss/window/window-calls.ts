import type { Exchange } from '../../shared/http/exchange';
import { withQuery } from '../../shared/http/with-query';
import { TossRefusal } from '../error-codes';
import { membersOf, type Members } from '../http/members';
import { ok, type TossAnswer, type TossRequest } from '../http/toss-call';
import type { Merchants } from '../merchants';
import { paymentBody } from '../payments/payment-body';
import type { Choice } from './choice';
import { SDK_SCRIPT } from './sdk-script';
import { refusalPage, toldPage, WINDOW_HEADERS, windowPage } from './window-page';
import type { Outcome, TossWindow, Windows } from './windows';

const SCRIPT_PATHS = ['/v2/standard', '/v1'];
const WINDOW_PATH = '/toss/window';
const CHECKOUT_PATH = /^\/v1\/payments\/([^/]+)\/checkout$/;
const MEANS = ['card', 'easyPay', 'transfer', 'virtualAccount'] as const;

/** What a browser asks for: the script, the window, and what is pressed in it. */
export class WindowCalls {
  constructor(
    private readonly windows: Windows,
    private readonly merchants: Merchants,
  ) {}

  owns({ path, method }: Exchange): boolean {
    const isOfWindow = path === WINDOW_PATH || path.startsWith(`${WINDOW_PATH}/`) || CHECKOUT_PATH.test(path);
    return isOfWindow || (method === 'GET' && SCRIPT_PATHS.includes(path));
  }

  async handle(exchange: Exchange): Promise<void> {
    const text = (await exchange.readText()) ?? '';
    if (SCRIPT_PATHS.includes(exchange.path)) {
      exchange.response.writeHead(200, { 'Content-Type': 'text/javascript;charset=UTF-8' }).end(SDK_SCRIPT);
      return;
    }
    try {
      this.dispatch(exchange, new URLSearchParams(text));
    } catch (error) {
      if (!(error instanceof TossRefusal)) throw error;
      exchange.note += error.code;
      show(exchange, 400, refusalPage(error.code, error.detail));
    }
  }

  /** A payment that a server makes, for its buyer to pay at an address without any script. */
  create({ merchant, body, baseUrl }: TossRequest): TossAnswer {
    const window = this.windows.openPayment(merchant, body);
    window.payment.checkoutUrl = `${baseUrl}${WINDOW_PATH}/${window.id}`;
    return ok(paymentBody(window.payment));
  }

  private dispatch(exchange: Exchange, form: URLSearchParams): void {
    const { method, path } = exchange;
    if (path === WINDOW_PATH && method === 'POST') return this.open(exchange, form);
    const checkout = CHECKOUT_PATH.exec(path)?.[1];
    const [id = '', act = ''] = path.slice(WINDOW_PATH.length + 1).split('/');
    const window = checkout === undefined ? this.windows.find(id) : this.windowOf(checkout);
    if (!window) throw new TossRefusal('NOT_FOUND_PAYMENT_SESSION');
    if (method === 'GET') return show(exchange, 200, windowPage(window));
    end(exchange, window, this.act(window, act, form));
  }

  private open(exchange: Exchange, form: URLSearchParams): void {
    const request = requestIn(form);
    const merchant = this.merchants.byClientKey(String(request.clientKey));
    if (!merchant) throw new TossRefusal('INVALID_API_KEY', 'clientKey');
    try {
      const window =
        request.kind === 'billing'
          ? this.windows.openBilling(merchant, request)
          : this.windows.openPayment(merchant, request);
      redirect(exchange, `${WINDOW_PATH}/${window.id}`);
    } catch (error) {
      // An order that is paid already comes back as a failure; other mistakes are shown to who made the page.
      if (!(error instanceof TossRefusal) || error.code !== 'DUPLICATED_ORDER_ID') throw error;
      if (typeof request.failUrl !== 'string') throw error;
      const members = { code: error.code, message: error.message, orderId: String(request.orderId) };
      redirect(exchange, withQuery(request.failUrl, members));
    }
  }

  private act(window: TossWindow, act: string, form: URLSearchParams): Outcome {
    if (act === 'close') return this.windows.close(window);
    if (act === 'decline') return this.windows.decline(window, form.get('code') ?? 'PAY_PROCESS_ABORTED');
    if (act === 'pay' && window.kind === 'payment') return this.windows.pay(window, choiceIn(form));
    if (act === 'register' && window.kind === 'billing') return this.windows.register(window, choiceIn(form));
    throw new TossRefusal('NOT_FOUND');
  }

  private windowOf(paymentKey: string): TossWindow | undefined {
    return this.windows.all().find((one) => one.kind === 'payment' && one.payment.paymentKey === paymentKey);
  }
}

function requestIn(form: URLSearchParams): Members {
  let request: Members | null = null;
  try {
    request = membersOf(JSON.parse(form.get('request') ?? ''));
  } catch {
    // The one answer for every request that is no JSON object.
  }
  if (!request) throw new TossRefusal('INVALID_REQUEST', 'request');
  return request;
}

function choiceIn(form: URLSearchParams): Choice {
  const text = (name: string): object => {
    const value = form.get(name);
    return value === null ? {} : { [name]: value };
  };
  const means = MEANS.find((one) => one === form.get('means'));
  return {
    ...(means ? { means } : {}),
    ...text('card'),
    ...text('provider'),
    ...text('bank'),
    ...text('customerName'),
  };
}

function end(exchange: Exchange, window: TossWindow, outcome: Outcome): void {
  exchange.note += `${outcome.kind} ${outcome.members.code ?? ''}`;
  if (outcome.redirectUrl !== null) return redirect(exchange, outcome.redirectUrl);
  show(exchange, 200, toldPage(outcome, window.pageOrigin ?? '/'));
}

function redirect(exchange: Exchange, to: string): void {
  exchange.response.writeHead(303, { Location: to, 'Content-Length': 0 }).end();
}

function show(exchange: Exchange, status: number, html: string): void {
  exchange.response.writeHead(status, WINDOW_HEADERS).end(html);
}
