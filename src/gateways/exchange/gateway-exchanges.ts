import { Injectable } from '@nestjs/common';
import { createHash, randomUUID } from 'node:crypto';
import type { GatewayName } from '../../gateway-account';
import { DomainError } from '../../kernel/errors';
import { Clock } from '../../platform/clock';
import { crashPoint } from '../../platform/crash-points';
import { KeyRing } from '../../platform/crypto';
import { Database } from '../../platform/database';
import type { HttpOutcome } from '../../platform/http-client';
import { Logger } from '../../platform/logging';
import { Batcher, updateEach } from '../../platform/work';
import type { PaymentAnswer } from '../gateway';
import { GatewayExchange, type ExchangeOperation } from './gateway-exchange.entity';
import { maskedBody, maskedPath } from './masked-text';

/** A call that is about to be made, and what is to be kept of it. */
export interface ExchangeOf {
  gateway: GatewayName;
  account: string;
  operation: ExchangeOperation;
  orderNo?: string | undefined;
  transactionId?: string | undefined;
  idempotencyKey?: string | undefined;
  request: { method: string; path: string; body?: string | undefined };
  /** Masked wherever they stand, in the request and in the answer. */
  secrets: readonly string[];
}

/** What came back, as it came and as it was taken. */
export interface Exchanged<T> {
  outcome: HttpOutcome<Buffer>;
  answer: PaymentAnswer<T>;
}

/** What went over the wire, masked. */
export interface ExchangeWire {
  request: { method: string; path: string; body: string };
  /** `null` where nothing came back, or nobody has recorded it. */
  answer: { body: string } | null;
}

export interface ExchangeFilter {
  orderNo?: string | undefined;
  transactionId?: string | undefined;
  operation?: ExchangeOperation | undefined;
  gatewayAccount?: string | undefined;
}

type NewExchange = Omit<GatewayExchange, 'id' | keyof Ended> & Partial<Ended>;

/** What is known once the call is answered. */
type Ended = Pick<GatewayExchange, 'endedAt' | 'httpStatus' | 'outcome' | 'resultCode' | 'traceId'>;

type AnsweredExchange = Pick<GatewayExchange, 'id' | 'ciphertext' | 'keyId'> & Ended;

/**
 * Evidence of what went over the wire for money: each call that moves it leaves its request before the first byte does, so a
 * process that dies leaves a request without an answer; what was only asked is kept with its answer. No transaction is open
 * meanwhile. The one seam for all gateways: a client passes its calls through here.
 */
@Injectable()
export class GatewayExchanges {
  /** Calls that go out at the same time are kept together. */
  private readonly rows = new Batcher<NewExchange, string>((rows) => this.insert(rows));
  private readonly answers = new Batcher<AnsweredExchange>((answers) => this.end(answers));

  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /**
   * Makes a call that moves money, or may. Without its evidence it is not made: the error is thrown before anything is sent.
   * What can't be kept of its answer is told in the log, and the answer goes on: more hangs on it than on its evidence.
   */
  async moving<T>(exchange: ExchangeOf, call: () => Promise<Exchanged<T>>): Promise<PaymentAnswer<T>> {
    const row = this.begun(exchange);
    const id = await this.rows.do({ ...row, ...this.sealed(row.seal, exchange, null) });
    await crashPoint('exchange.request-kept');
    const { outcome, answer } = await call();
    await crashPoint('exchange.answered');
    const end = { ...endOf(outcome, answer, this.clock.now()), ...this.sealed(row.seal, exchange, outcome) };
    await this.answers
      .do({ id, ...end })
      .catch((error: unknown) => this.logger.error('the answer to a call is not kept as evidence', { error }));
    return answer;
  }

  /** Makes a call that moves nothing but decides what is done; kept where it was answered. */
  async asking<T>(
    exchange: ExchangeOf,
    call: () => Promise<Exchanged<T>>,
    orderNoOf?: (value: T) => string,
  ): Promise<PaymentAnswer<T>> {
    const row = this.begun(exchange);
    const { outcome, answer } = await call();
    if (outcome.kind === 'unanswered') return answer;
    const orderNo = row.orderNo ?? (answer.kind === 'success' && orderNoOf ? orderNoOf(answer.value) : null);
    const end = { ...endOf(outcome, answer, this.clock.now()), ...this.sealed(row.seal, exchange, outcome) };
    await this.rows
      .do({ ...row, orderNo, ...end })
      .catch((error: unknown) => this.logger.error('a lookup is not kept as evidence', { error }));
    return answer;
  }

  /** Newest first, before an id. */
  list(
    { orderNo, transactionId, operation, gatewayAccount }: ExchangeFilter,
    { beforeId, limit }: { beforeId: string | undefined; limit: number },
  ): Promise<GatewayExchange[]> {
    const query = this.database.manager.createQueryBuilder(GatewayExchange, 'exchange').orderBy('exchange.id', 'DESC');
    const equal = { orderNo, transactionId, operation, gatewayAccount };
    for (const [name, value] of Object.entries(equal)) {
      if (value !== undefined) query.andWhere(`exchange.${name} = :${name}`, { [name]: value });
    }
    if (beforeId !== undefined) query.andWhere('exchange.id < :beforeId', { beforeId });
    return query.limit(limit).getMany();
  }

  /** @throws {DomainError} `exchange-not-found` */
  async get(id: string): Promise<GatewayExchange> {
    const exchange = await this.database.manager.findOneBy(GatewayExchange, { id });
    if (exchange !== null) return exchange;
    throw new DomainError('exchange-not-found', `There is no call ${id} that was kept`);
  }

  /** @throws {DomainError} `exchange-not-found`; `encryption-key-unknown`, `ciphertext-invalid` */
  async open(id: string): Promise<ExchangeWire> {
    const { seal } = await this.get(id);
    const sealed = await this.database.manager.findOne(GatewayExchange, {
      select: { ciphertext: true, keyId: true },
      where: { id },
    });
    const { ciphertext = Buffer.of(), keyId = '' } = sealed ?? {};
    return JSON.parse(this.keys.decrypt({ ciphertext, keyId }, identityOf(seal)).toString('utf8')) as ExchangeWire;
  }

  private async insert(rows: readonly NewExchange[]): Promise<string[]> {
    const { identifiers } = await this.database.manager.insert(GatewayExchange, [...rows]);
    return identifiers.map(({ id }) => String(id));
  }

  private async end(answers: readonly AnsweredExchange[]): Promise<[]> {
    await updateEach(this.database, GatewayExchange, answers);
    return [];
  }

  private begun({ gateway, account: gatewayAccount, operation, ...about }: ExchangeOf) {
    const { orderNo = null, transactionId = null, idempotencyKey } = about;
    const idempotencyKeyHash =
      idempotencyKey === undefined ? null : createHash('sha256').update(idempotencyKey).digest();
    const subject = { gateway, gatewayAccount, operation, orderNo, transactionId, idempotencyKeyHash };
    return { ...subject, startedAt: this.clock.now(), seal: randomUUID() };
  }

  private sealed(seal: string, { request, secrets }: ExchangeOf, outcome: HttpOutcome<Buffer> | null) {
    const wire: ExchangeWire = {
      request: {
        method: request.method,
        path: maskedPath(request.path, secrets),
        body: maskedBody(request.body ?? '', secrets),
      },
      answer: outcome?.kind === 'answered' ? { body: maskedBody(outcome.body.toString('utf8'), secrets) } : null,
    };
    return this.keys.encrypt(JSON.stringify(wire), identityOf(seal));
  }
}

function endOf(outcome: HttpOutcome<Buffer>, answer: PaymentAnswer<unknown>, endedAt: Date) {
  return {
    endedAt,
    httpStatus: outcome.kind === 'answered' ? outcome.status : null,
    outcome: answer.kind,
    resultCode: codeOf(answer),
    traceId: answer.traceId ?? null,
  };
}

function codeOf(answer: PaymentAnswer<unknown>): string | null {
  if (answer.kind === 'success') return null;
  return answer.resultCode ?? (answer.kind === 'unknown' ? answer.reason : null);
}

function identityOf(seal: string): string {
  return `gateway_exchange:${seal}`;
}
