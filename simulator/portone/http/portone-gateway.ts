import type { Exchange } from '../../shared/http/exchange';
import { membersOf, type Members } from '../../shared/http/members';
import { matchRoute } from '../../shared/http/routes';
import { writeAnswer, writeProxyPage, type SentAnswer } from '../../shared/http/write-answer';
import { definitionOf, errorBody, PortOneRefusal } from '../error-types';
import type { PortOneFaultKind, PortOneFaults } from '../faults/catalogue';
import type { Store } from '../stores';
import { alteredBody, alteredList, alteredLookup, failureOf, forcedAnswer, refusalOf } from './answer-faults';
import type { Authentication } from './authentication';
import type { IdempotencyKeys } from './idempotency';
import { invalid, optionalMembers, reader } from './members';
import type { CallName, Match, PortOneAnswer, PortOneHandler, Route, Struck } from './portone-call';

const JSON_TYPE = 'application/json;charset=UTF-8';
const IDEMPOTENCY_KEY = 'idempotency-key';

/** The lists of payments and their events. */
const LISTS: readonly CallName[] = ['list', 'payments-by-cursor', 'events-by-cursor'];

interface GatewayParts {
  authentication: Authentication;
  idempotency: IdempotencyKeys;
  faults: PortOneFaults;
  /** Sends what waits about a payment now. */
  deliverFor: (paymentId: string | null) => Promise<unknown>;
}

interface Admitted {
  exchange: Exchange;
  store: Store;
  match: Match;
  text: string | null;
  /** The `paymentId` of the path. */
  paymentId: string | null;
  struck: Struck;
}

/** One call from the first byte to the last: who calls, was it answered before, what is done, what goes out. */
export class PortOneGateway {
  constructor(
    private readonly routes: readonly Route[],
    private readonly parts: GatewayParts,
  ) {}

  async handle(exchange: Exchange): Promise<void> {
    const text = await exchange.readText();
    let taken: string | null = null;
    try {
      const token = this.tokenAnswer(exchange, text);
      if (token) return await this.write(exchange, sent({ status: 200, body: token }), () => null);
      const store = this.parts.authentication.storeOf(exchange.header('authorization'));
      const match = this.matchOf(exchange);
      const key = exchange.method === 'GET' ? '' : exchange.header(IDEMPOTENCY_KEY);
      if (key !== '') {
        const request = [exchange.method, exchange.request.url, text].join('\u0000');
        const { name, replay } = this.parts.idempotency.take(key, store.apiSecret, request);
        if (replay) {
          exchange.note += 'replayed ';
          return await this.write(exchange, replay, () => null);
        }
        taken = name;
      }
      const bound = await this.perform(this.admitted(exchange, store, match, text));
      if (taken !== null) this.parts.idempotency.settle(taken, bound);
    } catch (error) {
      if (taken !== null) this.parts.idempotency.settle(taken, null);
      if (!(error instanceof PortOneRefusal)) throw error;
      await this.write(exchange, sent(refusalAnswer(error)), () => null);
    }
  }

  private tokenAnswer(exchange: Exchange, text: string | null): Members | null {
    if (exchange.method !== 'POST') return null;
    const { authentication } = this.parts;
    if (exchange.path === '/login/api-secret') return authentication.login(readJson(text ?? ''));
    return exchange.path === '/token/refresh' ? authentication.refresh(readJson(text ?? '')) : null;
  }

  private matchOf(exchange: Exchange): Match {
    const match = matchRoute(this.routes, exchange.method, exchange.path);
    if (typeof match === 'string') throw new PortOneRefusal('INVALID_REQUEST', match);
    return match;
  }

  private admitted(exchange: Exchange, store: Store, match: Match, text: string | null): Admitted {
    const { call, path } = match.route;
    const paymentId = path.startsWith('/payments/*') ? (match.parameters[0] ?? null) : null;
    const struck: Struck = (kind: PortOneFaultKind) => this.parts.faults.strikeOn(exchange, kind, { call, paymentId });
    return { exchange, store, match, text, paymentId, struck };
  }

  /** Does the call and answers it; what comes back is the answer that stays bound to its key. */
  private async perform(admitted: Admitted): Promise<SentAnswer | null> {
    const { exchange, struck } = admitted;
    if (struck('call-cut')) {
      exchange.cut();
      return null;
    }
    const page = struck('call-html');
    if (page) {
      writeProxyPage(exchange, page.number('status'));
      return null;
    }
    const forced = forcedAnswer(struck);
    if (forced) {
      await this.write(exchange, sent(forced), struck);
      return null;
    }
    const answer = await this.done(admitted);
    if (struck('webhook-before-answer')) await this.parts.deliverFor(admitted.paymentId);
    await this.answer(admitted, answer);
    return sent(answer);
  }

  private async done({ exchange, store, match, text, struck }: Admitted): Promise<PortOneAnswer> {
    const { call, handle } = match.route;
    try {
      if (call === 'lookup' && struck('lookup-absent')) throw new PortOneRefusal('PAYMENT_NOT_FOUND');
      const body = bodyOf(exchange, text);
      requireOwnStore(body, store);
      const handler: PortOneHandler = handle;
      const answered = await handler({ store, parameters: match.parameters, body, struck });
      if (call === 'lookup') return { status: 200, body: alteredLookup(answered, struck) };
      const isList = LISTS.includes(call);
      return { status: 200, body: isList ? alteredList(answered, call !== 'list', struck) : answered };
    } catch (error) {
      if (error instanceof PortOneRefusal) return refusalAnswer(error);
      throw error;
    }
  }

  private async answer({ exchange, struck }: Admitted, answer: PortOneAnswer): Promise<void> {
    if (answer.status !== 200) return this.write(exchange, sent(answer), struck);
    const failing = struck('answer-failing');
    if (failing) return this.write(exchange, sent(failureOf(failing)), struck);
    const refused = struck('answer-refused');
    if (refused) return this.write(exchange, sent(refusalOf(refused)), struck);
    const page = struck('answer-html');
    if (page) return writeProxyPage(exchange, page.number('status'));
    const body = alteredBody(answer.body as Members, struck);
    return this.write(exchange, sent({ status: 200, body }), struck);
  }

  private write(exchange: Exchange, answer: SentAnswer, struck: Struck): Promise<void> {
    if (answer.status !== 200) exchange.note += /"type":"([^"]+)"/.exec(answer.text)?.[1] ?? '';
    return writeAnswer(exchange, answer, JSON_TYPE, struck);
  }
}

/** A store's secret is for that store: no other may be named. */
function requireOwnStore(body: Members, { storeId }: Store): void {
  const named = [reader.optionalText(body, 'storeId', 200), storeIdIn(optionalMembers(body, 'filter'))];
  if (named.some((one) => one !== null && one !== storeId)) throw new PortOneRefusal('FORBIDDEN', 'storeId');
}

function storeIdIn(filter: Members | null): string | null {
  return filter === null ? null : reader.optionalText(filter, 'storeId', 200);
}

/** JSON whatever its type says; where there is no body, the query, with its `requestBody` spread out. */
function bodyOf(exchange: Exchange, text: string | null): Members {
  if (exchange.method !== 'POST') {
    const { requestBody, ...rest } = Object.fromEntries(exchange.query);
    return { ...rest, ...(requestBody === undefined ? {} : readJson(requestBody)) };
  }
  if (text === null) throw invalid('body');
  return { ...Object.fromEntries(exchange.query), ...(text === '' ? {} : readJson(text)) };
}

function readJson(text: string): Members {
  let body: Members | null = null;
  try {
    body = membersOf(JSON.parse(text));
  } catch {
    // The one answer for every body that is no JSON object.
  }
  if (!body) throw invalid('body');
  return body;
}

function refusalAnswer({ type, detail, pgCode }: PortOneRefusal): PortOneAnswer {
  return { status: definitionOf(type).status, body: errorBody(type, detail, pgCode) };
}

function sent({ status, body }: PortOneAnswer): SentAnswer {
  return { status, text: JSON.stringify(body) };
}
