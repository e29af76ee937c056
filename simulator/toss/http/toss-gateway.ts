import { ok, type TossAnswer, type TossRequest } from './toss-call';
import type { Exchange } from '../../shared/http/exchange';
import { writeAnswer, writeProxyPage, type SentAnswer } from '../../shared/http/write-answer';
import { definitionOf, TossRefusal } from '../error-codes';
import type { TossFaultKind, TossFaults } from '../faults/catalogue';
import type { Keys } from '../keys';
import type { Merchant, Merchants } from '../merchants';
import type { PaymentRegister } from '../payments/payment-register';
import type { Webhooks } from '../webhooks/webhooks';
import { alteredBody, refusalAnswer, type Struck } from './answer-faults';
import { merchantOf } from './authentication';
import type { IdempotencyKeys } from './idempotency';
import { membersOf, type Members } from './members';
import { tossRoute, type Match, type Route } from './routes';

interface GatewayParts {
  merchants: Merchants;
  keys: Keys;
  faults: TossFaults;
  idempotency: IdempotencyKeys;
  register: PaymentRegister;
  webhooks: Webhooks;
}

const TEST_CODE = 'tosspayments-test-code';
const IDEMPOTENCY_KEY = 'idempotency-key';

/** One call from the first byte to the last: who calls, was it answered before, what is done, what goes out. */
export class TossGateway {
  constructor(
    private readonly routes: readonly Route[],
    private readonly parts: GatewayParts,
  ) {}

  async handle(exchange: Exchange): Promise<void> {
    exchange.response.setHeader('x-tosspayments-trace-id', this.parts.keys.traceId());
    const text = await exchange.readText();
    let taken: string | null = null;
    try {
      const merchant = merchantOf(exchange.header('authorization'), this.parts.merchants);
      const match = tossRoute(this.routes, exchange.method, exchange.path);
      const key = exchange.method === 'POST' ? exchange.header(IDEMPOTENCY_KEY) : '';
      if (key !== '') {
        const scope = [merchant.secretKey, exchange.method, decodeURIComponent(exchange.path)];
        const { name, replay } = this.parts.idempotency.take(key, scope);
        exchange.response.setHeader(IDEMPOTENCY_KEY, key);
        if (replay) {
          exchange.note += 'replayed ';
          return await this.write(exchange, replay, () => null);
        }
        taken = name;
      }
      const bound = await this.perform(exchange, match, merchant, text);
      if (taken !== null) this.parts.idempotency.settle(taken, bound);
    } catch (error) {
      if (taken !== null) this.parts.idempotency.settle(taken, null);
      if (!(error instanceof TossRefusal)) throw error;
      await this.write(exchange, this.sentAnswer(this.refusal(exchange, error)), () => null);
    }
  }

  /** Does the call and answers it; what comes back is the answer that stays bound to its key. */
  private async perform(
    exchange: Exchange,
    match: Match,
    merchant: Merchant,
    text: string | null,
  ): Promise<SentAnswer | null> {
    const body = readBody(exchange, text);
    const request: TossRequest = {
      merchant,
      parameters: match.parameters,
      query: exchange.query,
      body: body ?? {},
      baseUrl: `http://${exchange.header('host')}`,
    };
    const about = { call: match.route.call, orderId: this.orderIdOf(request) };
    const struck: Struck = (kind: TossFaultKind) => this.parts.faults.strikeOn(exchange, kind, about);
    if (struck('call-cut')) {
      exchange.cut();
      return null;
    }
    const page = struck('call-html');
    if (page) {
      writeProxyPage(exchange, page.number('status'));
      return null;
    }
    const answer = this.forcedAnswer(exchange, merchant, struck) ?? this.done(exchange, match, request, body, struck);
    const sent = this.sentAnswer(answer);
    if (struck('webhook-before-answer')) await this.parts.webhooks.deliverFor(about.orderId);
    await this.answer(exchange, sent, answer, struck);
    return sent;
  }

  /** An error that was asked for: by header, with test keys only, or by an armed fault. */
  private forcedAnswer(exchange: Exchange, merchant: Merchant, struck: Struck): TossAnswer | null {
    const code = exchange.header(TEST_CODE);
    if (code !== '' && merchant.secretKey.startsWith('test_')) return refusalAnswer(code, 0);
    const refused = struck('call-refused');
    if (refused) return refusalAnswer(refused.text('code'), refused.number('status'));
    const failing = struck('call-failing');
    return failing ? refusalAnswer('FAILED_INTERNAL_SYSTEM_PROCESSING', failing.number('status')) : null;
  }

  private done(
    exchange: Exchange,
    { route }: Match,
    request: TossRequest,
    body: Members | null,
    struck: Struck,
  ): TossAnswer {
    try {
      if (body === null) throw new TossRefusal('INVALID_REQUEST', 'body');
      if (route.call === 'lookup' && struck('lookup-absent')) throw new TossRefusal('NOT_FOUND_PAYMENT');
      const answer = route.handle(request);
      return route.call === 'lookup' && struck('lookup-stale') ? withoutCancels(answer) : answer;
    } catch (error) {
      if (error instanceof TossRefusal) return this.refusal(exchange, error);
      throw error;
    }
  }

  private async answer(exchange: Exchange, sent: SentAnswer, answer: TossAnswer, struck: Struck): Promise<void> {
    if (answer.status !== 200) return this.write(exchange, sent, struck);
    const failing = struck('answer-failing');
    if (failing) {
      const failure = refusalAnswer('FAILED_INTERNAL_SYSTEM_PROCESSING', failing.number('status'));
      return this.write(exchange, this.sentAnswer(failure), struck);
    }
    const refused = struck('answer-refused');
    if (refused) {
      const denial = refusalAnswer(refused.text('code'), refused.number('status'));
      return this.write(exchange, this.sentAnswer(denial), struck);
    }
    const page = struck('answer-html');
    if (page) return writeProxyPage(exchange, page.number('status'));
    const altered = answer.body === null ? sent : this.sentAnswer(ok(alteredBody(answer.body, struck)));
    return this.write(exchange, altered, struck);
  }

  private write(exchange: Exchange, sent: SentAnswer, struck: Struck): Promise<void> {
    if (sent.status !== 200) exchange.note += codeIn(sent.text);
    return writeAnswer(exchange, sent, 'application/json', struck);
  }

  private sentAnswer({ status, body }: TossAnswer): SentAnswer {
    return { status, text: body === null ? '' : JSON.stringify(body) };
  }

  private refusal(exchange: Exchange, { code, detail }: TossRefusal): TossAnswer {
    const { status, ko, en } = definitionOf(code);
    const message = exchange.header('accept-language').toLowerCase().startsWith('en') ? en : ko;
    return { status, body: { code, message: detail === '' ? message : `${message}: ${detail}` } };
  }

  private orderIdOf({ merchant, body, parameters }: TossRequest): string | null {
    if (typeof body.orderId === 'string') return body.orderId;
    const [first = ''] = parameters;
    return this.parts.register.findOf(merchant, first)?.orderId ?? (first === '' ? null : first);
  }
}

function readBody(exchange: Exchange, text: string | null): Members | null {
  if (exchange.method !== 'POST') return {};
  try {
    return membersOf(JSON.parse(text ?? ''));
  } catch {
    return null;
  }
}

function withoutCancels(answer: TossAnswer): TossAnswer {
  const payment = membersOf(answer.body);
  if (payment?.cancels == null) return answer;
  return ok({ ...payment, status: 'DONE', cancels: null, balanceAmount: payment.totalAmount });
}

function codeIn(text: string): string {
  return /"code":"([^"]+)"/.exec(text)?.[1] ?? '';
}
