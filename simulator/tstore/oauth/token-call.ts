import type { TokenResponse } from '../../../src/gateways/tstore/wire';
import { shortened } from '../../shared/call-log';
import type { TstoreFaults } from '../faults/armed-faults';
import { delay } from '../../shared/http/delay';
import type { TstoreExchange } from '../exchange';
import type { SimulatorOptions } from '../../options';
import type { Client, Clients } from './clients';
import type { Tokens } from './tokens';

const SCOPE = 'GetTxInfo GetTxInfoV2 BulkPay RefundTx NotificationVerify';

export class TokenCall {
  constructor(
    private readonly options: Pick<SimulatorOptions, 'tokenTtlSeconds'>,
    private readonly clients: Clients,
    private readonly tokens: Tokens,
    private readonly faults: TstoreFaults,
  ) {}

  async handle(exchange: TstoreExchange): Promise<void> {
    const form = new URLSearchParams((await exchange.readText()) ?? '');
    const slow = this.faults.strikeOn(exchange, 'token-slow');
    if (slow) await delay(slow.number('delayMs'));
    const refusal = this.faults.strikeOn(exchange, 'token-refused') ?? this.faults.strikeOn(exchange, 'token-failing');
    const client = this.clients.authenticated(exchange.header('authorization'));
    if (refusal) {
      refuse(exchange, refusal.number('status'), 'refused on request');
    } else if (client === null) {
      refuse(exchange, 401, 'wrong client credentials');
    } else if (form.get('grant_type') !== 'client_credentials') {
      refuse(exchange, 400, 'grant_type is not client_credentials');
    } else {
      this.issue(exchange, client);
    }
  }

  private issue(exchange: TstoreExchange, client: Client): void {
    const brief = this.faults.strikeOn(exchange, 'token-short-lived');
    const odd = this.faults.strikeOn(exchange, 'token-odd-expiry');
    const issued = this.tokens.issue(client, brief?.number('ttlSeconds') ?? this.options.tokenTtlSeconds);
    const body: TokenResponse = {
      accessToken: issued.accessToken,
      expired: odd?.text('expired') ?? issued.expired,
      tokenType: 'Bearer',
      scope: SCOPE,
    };
    exchange.note = `token ${shortened(issued.accessToken)} expired=${body.expired}`;
    exchange.json(200, body);
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
