import type { Exchange } from '../../shared/http/exchange';
import type { Members } from '../../shared/http/members';
import { writeAnswer, writeProxyPage } from '../../shared/http/write-answer';
import { definitionOf, extrasOf, KakaoPayRefusal } from '../error-codes';
import type { KakaoPayFaultKind, KakaoPayFaults } from '../faults/catalogue';
import type { Contract, Merchants } from '../merchants';
import type { KakaoPayMerchantOptions } from '../options';
import type { PaymentRegister } from '../payments/payment-register';
import type { Settings } from '../settings';
import { alteredBody, alteredOrder, failureOf, forcedAnswer, refusalOf, type Struck } from './answer-faults';
import { merchantOf } from './authentication';
import { readBody } from './body';
import { errorBody, type Generation } from './generations';
import { routeOf, type CallName, type KakaoPayAnswer, type KakaoPayHandler } from './kakaopay-call';
import { reader } from './members';

const JSON_TYPE = 'application/json;charset=UTF-8';

/** The longest `cid` and `cid_secret`. */
const CID_LENGTH = 10;
const CID_SECRET_LENGTH = 24;

interface GatewayParts {
  merchants: Merchants;
  faults: KakaoPayFaults;
  settings: Settings;
  register: PaymentRegister;
}

/** A call whose key is known: what is left to do is the call itself. */
interface Admitted {
  exchange: Exchange;
  generation: Generation;
  call: CallName;
  merchant: KakaoPayMerchantOptions;
  /** Null where it can't be read. */
  body: Members | null;
  struck: Struck;
}

/** One call from the first byte to the last: which generation, who calls, what is done, what goes out. */
export class KakaoPayGateway {
  constructor(
    private readonly handlers: Readonly<Record<CallName, KakaoPayHandler>>,
    private readonly parts: GatewayParts,
  ) {}

  owns(path: string): boolean {
    return routeOf(path) !== null;
  }

  async handle(exchange: Exchange): Promise<void> {
    const text = await exchange.readText();
    const { generation, call } = routeOf(exchange.path) ?? { generation: 'current' as const, call: null };
    try {
      const merchant = merchantOf(exchange.header('authorization'), generation, this.parts.merchants);
      if (call === null) throw new KakaoPayRefusal(-2, 'no such call', null, 404);
      if (exchange.method !== 'POST') throw new KakaoPayRefusal(-2, 'only POST here', null, 405);
      const body = readBody(exchange, generation, text);
      const about = { call, orderId: this.orderIdOf(body) };
      const struck: Struck = (kind: KakaoPayFaultKind) => this.parts.faults.strikeOn(exchange, kind, about);
      await this.perform({ exchange, generation, call, merchant, body, struck });
    } catch (error) {
      if (!(error instanceof KakaoPayRefusal)) throw error;
      await this.write(exchange, refusal(error, generation), () => null);
    }
  }

  private async perform(admitted: Admitted): Promise<void> {
    const { exchange, generation, struck } = admitted;
    if (struck('call-cut')) return exchange.cut();
    const page = struck('call-html');
    if (page) return writeProxyPage(exchange, page.number('status'));
    const maintenance = this.parts.settings.maintenanceCode();
    if (maintenance !== null) throw new KakaoPayRefusal(maintenance);
    const forced = forcedAnswer(struck, generation);
    if (forced) return this.write(exchange, forced, struck);
    const answer = this.done(admitted);
    if (answer.status !== 200) return this.write(exchange, answer, struck);
    return this.writeDone(admitted, answer);
  }

  private done(admitted: Admitted): KakaoPayAnswer {
    const { exchange, generation, call, body, struck } = admitted;
    try {
      if (body === null) throw new KakaoPayRefusal(-2, 'body');
      if (call === 'order' && struck('order-absent')) throw new KakaoPayRefusal(-721, 'tid');
      const contract = this.contractOf(admitted.merchant, body);
      const baseUrl = `http://${exchange.header('host')}`;
      const answered = this.handlers[call]({ contract, generation, body, baseUrl });
      return { status: 200, body: call === 'order' ? alteredOrder(answered, struck) : answered };
    } catch (error) {
      if (error instanceof KakaoPayRefusal) return refusal(error, generation);
      throw error;
    }
  }

  private writeDone({ exchange, generation, struck }: Admitted, answer: KakaoPayAnswer): Promise<void> | void {
    const failing = struck('answer-failing');
    if (failing) return this.write(exchange, failureOf(failing, generation), struck);
    const refused = struck('answer-refused');
    if (refused) return this.write(exchange, refusalOf(refused, generation), struck);
    const page = struck('answer-html');
    if (page) return writeProxyPage(exchange, page.number('status'));
    const body = answer.body === null ? null : alteredBody(answer.body, struck);
    return this.write(exchange, { status: 200, body }, struck);
  }

  private write(exchange: Exchange, { status, body }: KakaoPayAnswer, struck: Struck): Promise<void> {
    const text = body === null ? '' : JSON.stringify(body);
    if (status !== 200) exchange.note += /"(?:error_)?code":(-?\d+)/.exec(text)?.[1] ?? '';
    return writeAnswer(exchange, { status, text }, JSON_TYPE, struck);
  }

  private contractOf(merchant: KakaoPayMerchantOptions, body: Members): Contract {
    const contract = this.parts.merchants.contractOf(merchant, reader.requiredText(body, 'cid', CID_LENGTH));
    if (!contract) throw new KakaoPayRefusal(-731, 'cid');
    const secret = reader.optionalText(body, 'cid_secret', CID_SECRET_LENGTH);
    if (contract.cidSecret !== null && secret !== contract.cidSecret) throw new KakaoPayRefusal(-733, 'cid_secret');
    return contract;
  }

  private orderIdOf(body: Members | null): string | null {
    const orderId = body?.partner_order_id;
    if (typeof orderId === 'string' || typeof orderId === 'number') return String(orderId);
    return typeof body?.tid === 'string' ? (this.parts.register.find(body.tid)?.orderId ?? null) : null;
  }
}

function refusal({ code, detail, resultCode, status }: KakaoPayRefusal, generation: Generation): KakaoPayAnswer {
  const definition = definitionOf(code);
  const message = detail === '' ? definition.message : `${definition.message}: ${detail}`;
  const extras = resultCode === null ? null : extrasOf(resultCode);
  return { status: status ?? definition.status, body: errorBody(generation, code, message, extras) };
}
