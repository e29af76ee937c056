import type { OnApplicationShutdown } from '@nestjs/common';
import { HttpClient, type HttpOutcome, type HttpRequest } from '../platform/http-client';
import type { GatewayCalls } from './calls';
import type { ExchangeOf, ExchangeOperation, GatewayExchanges } from './exchange';
import type { GatewayName, PaymentAnswer } from './gateway';

/** How long a gateway is waited for. */
export interface ClientTimes {
  connectTimeoutMs: number;
  answerTimeoutMs: number;
}

/** One call to a gateway: what goes out, how it is read, and what is kept of it. */
export interface ClientCall<Operation extends string, T> extends Omit<HttpRequest, 'url' | 'body'> {
  operation: Operation;
  /** The id of the gateway account. */
  account: string;
  baseUrl: string;
  path: string;
  body?: string;
  /** Of what comes back; left out: as much as anybody answers. */
  maxBytes?: number | undefined;
  /** A status that nobody is warned of. */
  expected?: number | undefined;
  /** Never to be kept or told, should they stand anywhere. */
  secrets: readonly string[];
  read: (outcome: HttpOutcome<Buffer>) => PaymentAnswer<T>;
  /** What it is kept as; left out: nothing is kept of it. */
  keptAs?: ExchangeOperation | undefined;
  /** Whether it moves money, or may: then what goes out is kept before it does. */
  isMoving?: boolean;
  about?: Pick<ExchangeOf, 'orderNo' | 'transactionId' | 'idempotencyKey'> | undefined;
  /** Of the payment that is asked about, where the request does not say it. */
  orderNoOf?: ((value: T) => string) | undefined;
}

/**
 * What the clients of gateways have in common that are called by HTTP, one call an act: connection and time-outs, a log line and an observation
 * each, and the evidence of what went over the wire. Nothing is repeated here, and nothing thrown for what the network or the gateway does.
 */
export abstract class GatewayClient<Operation extends string> implements OnApplicationShutdown {
  private readonly http: HttpClient;

  protected constructor(
    private readonly gateway: GatewayName,
    { connectTimeoutMs: connectMs, answerTimeoutMs: answerMs }: ClientTimes,
    private readonly calls: GatewayCalls<Operation> | undefined,
    private readonly exchanges: GatewayExchanges | undefined,
  ) {
    this.http = new HttpClient({ connectMs, answerMs, idleMs: answerMs });
  }

  /** Not earlier: it cuts what is under way, and steps finish what they have in hand before this. */
  onApplicationShutdown(): void {
    this.http.close();
  }

  protected call<T>(call: ClientCall<Operation, T>): Promise<PaymentAnswer<T>> {
    const { operation, account, baseUrl, path, body, maxBytes, expected, secrets, keptAs, about, ...rest } = call;
    const { read, orderNoOf, isMoving = false, ...request } = rest;
    const sent = { ...request, url: baseUrl + path, ...(body !== undefined && { body }) };
    const ask = () => this.http.sendForBytes(sent, maxBytes);
    const exchanged = async () => {
      const outcome = await (this.calls?.observe(operation, ask, expected) ?? ask());
      return { outcome, answer: read(outcome) };
    };
    if (this.exchanges === undefined || keptAs === undefined) return exchanged().then(({ answer }) => answer);
    const exchange = { gateway: this.gateway, account, operation: keptAs, ...about };
    const wire = { ...exchange, request: { method: request.method, path, body }, secrets };
    return isMoving ? this.exchanges.moving(wire, exchanged) : this.exchanges.asking(wire, exchanged, orderNoOf);
  }
}
