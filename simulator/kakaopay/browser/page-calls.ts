import type { Exchange } from '../../shared/http/exchange';
import { pageHeaders } from '../../shared/page/customer-page';
import { KakaoPayRefusal } from '../error-codes';
import type { Choice } from './choice';
import { endedPage, PAGE_KINDS, refusalPage, visitPage } from './customer-pages';
import { PAGES_PATH, type CustomerSteps, type Outcome, type Visit } from './customer-steps';

const HEADERS = pageHeaders();

/** What a customer's browser asks for: the pages, and what is pressed in them. */
export class PageCalls {
  constructor(private readonly steps: CustomerSteps) {}

  owns(path: string): boolean {
    return path.startsWith(`${PAGES_PATH}/`);
  }

  async handle(exchange: Exchange): Promise<void> {
    const form = new URLSearchParams((await exchange.readText()) ?? '');
    try {
      const [id = '', act = ''] = exchange.path.slice(PAGES_PATH.length + 1).split('/');
      const visit = this.steps.find(id);
      if (!visit) throw new KakaoPayRefusal(-721);
      if (exchange.method === 'GET') this.look(exchange, visit, act);
      else this.press(exchange, visit, act, form);
    } catch (error) {
      if (!(error instanceof KakaoPayRefusal)) throw error;
      exchange.note += error.message;
      show(exchange, 400, refusalPage(error));
    }
  }

  private look(exchange: Exchange, visit: Visit, act: string): void {
    if (act === 'return') return redirect(exchange, this.steps.leadBack(visit));
    const kind = PAGE_KINDS.find((one) => one === act);
    if (kind === undefined) throw new KakaoPayRefusal(-2, act);
    this.steps.open(visit);
    if (visit.outcome === null) return show(exchange, 200, visitPage(visit, kind));
    // The page that waits sees by itself that the phone is done, and goes on.
    if (visit.returns === 0 && kind !== 'order') return redirect(exchange, this.steps.leadBack(visit));
    show(exchange, 200, endedPage(visit));
  }

  private press(exchange: Exchange, visit: Visit, act: string, form: URLSearchParams): void {
    if (act === 'pay') this.steps.pay(visit, choiceIn(form));
    else if (act === 'leave') this.steps.leave(visit);
    else if (act === 'fail') this.steps.fail(visit);
    else throw new KakaoPayRefusal(-2, act);
    if (form.get('then') === 'stay') return show(exchange, 200, endedPage(visit));
    redirect(exchange, this.steps.leadBack(visit));
  }
}

function choiceIn(form: URLSearchParams): Choice {
  const means = (['MONEY', 'CARD'] as const).find((one) => one === form.get('means'));
  const card = form.get('card');
  return { ...(means ? { means } : {}), ...(card === null ? {} : { card }) };
}

function redirect(exchange: Exchange, { kind, redirectUrl }: Outcome): void {
  exchange.note += kind;
  exchange.response.writeHead(303, { Location: redirectUrl, 'Content-Length': 0 }).end();
}

function show(exchange: Exchange, status: number, html: string): void {
  exchange.response.writeHead(status, HEADERS).end(html);
}
