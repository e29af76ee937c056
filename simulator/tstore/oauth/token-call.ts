import { timingSafeEqual } from 'node:crypto';
import type { TokenResponse } from '../../../src/gateways/tstore/wire';
import { shortened } from '../../shared/call-log';
import type { ArmedFaults } from '../faults/armed-faults';
import { delay } from '../../shared/http/delay';
import type { TstoreExchange } from '../exchange';
import type { SimulatorOptions } from '../../options';
import type { Tokens } from './tokens';

const SCOPE = 'GetTxInfo GetTxInfoV2 BulkPay RefundTx NotificationVerify';

export class TokenCall {
  constructor(
    private readonly options: Pick<SimulatorOptions, 'clientId' | 'clientSecret' | 'tokenTtlSeconds'>,
    private readonly tokens: Tokens,
    private readonly faults: ArmedFaults,
  ) {}

  async handle(exchange: TstoreExchange): Promise<void> {
    const form = new URLSearchParams((await exchange.readText()) ?? '');
    const slow = this.faults.strikeOn(exchange, 'token-slow');
    if (slow) await delay(slow.number('delayMs'));
    const refusal = this.faults.strikeOn(exchange, 'token-refused') ?? this.faults.strikeOn(exchange, 'token-failing');
    if (refusal) {
      refuse(exchange, refusal.number('status'), 'refused on request');
    } else if (!this.knows(exchange.header('authorization'))) {
      refuse(exchange, 401, 'wrong client credentials');
    } else if (form.get('grant_type') !== 'client_credentials') {
      refuse(exchange, 400, 'grant_type is not client_credentials');
    } else {
      this.issue(exchange);
    }
  }

  private issue(exchange: TstoreExchange): void {
    const brief = this.faults.strikeOn(exchange, 'token-short-lived');
    const odd = this.faults.strikeOn(exchange, 'token-odd-expiry');
    const issued = this.tokens.issue(brief?.number('ttlSeconds') ?? this.options.tokenTtlSeconds);
    const body: TokenResponse = {
      accessToken: issued.accessToken,
      expired: odd?.text('expired') ?? issued.expired,
      tokenType: 'Bearer',
      scope: SCOPE,
    };
    exchange.note = `token ${shortened(issued.accessToken)} expired=${body.expired}`;
    exchange.json(200, body);
  }

  private knows(authorization: string): boolean {
    const match = /^basic +([A-Za-z0-9+/=]+)$/i.exec(authorization);
    if (!match?.[1]) return false;
    const credentials = Buffer.from(match[1], 'base64').toString('utf8');
    // First colon: the secret may hold further ones.
    const colon = credentials.indexOf(':');
    if (colon < 0) return false;
    return (
      sameText(credentials.slice(0, colon), this.options.clientId) &&
      sameText(credentials.slice(colon + 1), this.options.clientSecret)
    );
  }
}

/**
 * The members of the token answer, all null: a strict reader of this call knows no `resultCode`, and the client takes
 * any status but 200 for a failure anyway. Why it was refused is in the log.
 */
function refuse(exchange: TstoreExchange, status: number, why: string): void {
  exchange.note = why;
  exchange.json(status, { accessToken: null, expired: null, tokenType: null, scope: null });
}

function sameText(given: string, known: string): boolean {
  const left = Buffer.from(given);
  const right = Buffer.from(known);
  return left.length === right.length && timingSafeEqual(left, right);
}
