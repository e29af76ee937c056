import type { Exchange } from '../../shared/http/exchange';
import { membersOf, type Members } from '../../shared/http/members';
import { withQuery } from '../../shared/http/with-query';
import { PortOneRefusal } from '../error-types';
import type { PortOneFaults } from '../faults/catalogue';
import { invalid } from '../http/members';
import type { Stores } from '../stores';
import type { Choice } from './choice';
import { SDK_SCRIPT } from './sdk-script';
import { WindowFailure } from './window-failure';
import { refusalPage, toldPage, WINDOW_HEADERS, windowPage } from './window-page';
import { WINDOW_PATH } from './window-path';
import { redirectUrlOf } from './window-request';
import { failureMembers, type Outcome, type PortOneWindow, type Windows } from './windows';

const SCRIPT_PATH = '/v2/browser-sdk.js';

/** Sends what waits about a payment now. */
export type DeliverFor = (paymentId: string | null) => Promise<unknown>;

/** What a browser asks for: the script, the window, and what is pressed in it. */
export class WindowCalls {
  constructor(
    private readonly windows: Windows,
    private readonly stores: Stores,
    private readonly faults: PortOneFaults,
    private readonly deliverFor: DeliverFor,
  ) {}

  owns({ path, method }: Exchange): boolean {
    return path === WINDOW_PATH || path.startsWith(`${WINDOW_PATH}/`) || (method === 'GET' && path === SCRIPT_PATH);
  }

  async handle(exchange: Exchange): Promise<void> {
    const form = new URLSearchParams((await exchange.readText()) ?? '');
    if (exchange.path === SCRIPT_PATH) {
      exchange.response.writeHead(200, { 'Content-Type': 'text/javascript;charset=UTF-8' }).end(SDK_SCRIPT);
      return;
    }
    try {
      await this.dispatch(exchange, form);
    } catch (error) {
      if (!(error instanceof PortOneRefusal) && !(error instanceof WindowFailure)) throw error;
      exchange.note += error.message;
      show(exchange, 400, refusalPage(error.message));
    }
  }

  private async dispatch(exchange: Exchange, form: URLSearchParams): Promise<void> {
    const { method, path } = exchange;
    if (path === WINDOW_PATH && method === 'POST') return this.open(exchange, form);
    const [id = '', act = ''] = path.slice(WINDOW_PATH.length + 1).split('/');
    const window = this.windows.find(id);
    if (!window) throw invalid('no such window');
    if (method === 'GET') {
      // Whoever comes back to a window that is over is led on as before.
      return window.outcome === null ? show(exchange, 200, windowPage(window)) : end(exchange, window, window.outcome);
    }
    const outcome = this.act(window, act, form);
    const paymentId = window.kind === 'payment' ? window.request.paymentId : null;
    if (this.faults.strikeOn(exchange, 'webhook-before-answer', { paymentId })) await this.deliverFor(paymentId);
    end(exchange, window, outcome);
  }

  /** What can't be opened comes back to the page: a code is a result, a mistake in the request is thrown. */
  private open(exchange: Exchange, form: URLSearchParams): void {
    const request = requestIn(form);
    const store = this.stores.byId(String(request.storeId));
    try {
      if (!store) throw new WindowFailure('StoreNotFound');
      const window =
        request.kind === 'billing'
          ? this.windows.openBilling(store, request)
          : this.windows.openPayment(store, request);
      redirect(exchange, `${WINDOW_PATH}/${window.id}`);
    } catch (error) {
      if (!(error instanceof PortOneRefusal) && !(error instanceof WindowFailure)) throw error;
      this.refuse(exchange, request, error);
    }
  }

  private refuse(exchange: Exchange, request: Members, error: PortOneRefusal | WindowFailure): void {
    exchange.note += error.message;
    const origin = typeof request.pageOrigin === 'string' ? request.pageOrigin : null;
    if (error instanceof PortOneRefusal) {
      if (origin === null) throw error;
      return show(exchange, 200, toldPage({ thrown: { code: error.type, message: error.message } }, origin));
    }
    const { paymentId } = request;
    const about = typeof paymentId === 'string' ? { paymentId } : {};
    const transactionType = request.kind === 'billing' ? 'ISSUE_BILLING_KEY' : 'PAYMENT';
    const members = { transactionType, ...about, ...failureMembers(error.code) };
    const url = redirectUrlOf(request);
    const redirectUrl = url === null ? null : withQuery(url, members);
    if (origin === null) {
      if (redirectUrl === null) throw error;
      return redirect(exchange, redirectUrl);
    }
    show(
      exchange,
      200,
      toldPage({ members, redirectUrl: request.forceRedirect === true ? redirectUrl : null }, origin),
    );
  }

  private act(window: PortOneWindow, act: string, form: URLSearchParams): Outcome {
    if (act === 'leave') return this.windows.leave(window);
    if (act === 'decline') return this.windows.decline(window, form.get('pgCode') ?? 'REJECT_CARD_COMPANY');
    if (act !== 'pay') throw invalid(act);
    return form.get('then') === 'pend'
      ? this.windows.pend(window, choiceIn(form))
      : this.windows.pay(window, choiceIn(form));
  }
}

function requestIn(form: URLSearchParams): Members {
  let request: Members | null = null;
  try {
    request = membersOf(JSON.parse(form.get('request') ?? ''));
  } catch {
    // The one answer for every request that is no JSON object.
  }
  if (!request) throw invalid('request');
  return request;
}

function choiceIn(form: URLSearchParams): Choice {
  const names = ['card', 'provider', 'bank'] as const;
  return Object.fromEntries(names.flatMap((name) => (form.get(name) === null ? [] : [[name, form.get(name)]])));
}

function end(exchange: Exchange, window: PortOneWindow, outcome: Outcome): void {
  exchange.note += `${outcome.kind} ${outcome.members.code ?? ''}`;
  const { members, redirectUrl } = outcome;
  if (window.pageOrigin !== null) return show(exchange, 200, toldPage({ members, redirectUrl }, window.pageOrigin));
  if (redirectUrl !== null) return redirect(exchange, redirectUrl);
  show(exchange, 200, toldPage({ members, redirectUrl }, '/'));
}

function redirect(exchange: Exchange, to: string): void {
  exchange.response.writeHead(303, { Location: to, 'Content-Length': 0 }).end();
}

function show(exchange: Exchange, status: number, html: string): void {
  exchange.response.writeHead(status, WINDOW_HEADERS).end(html);
}
