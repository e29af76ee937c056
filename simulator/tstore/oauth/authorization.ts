import { shortened } from '../../shared/call-log';
import type { TstoreFaults } from '../faults/armed-faults';
import type { TstoreExchange } from '../exchange';
import { REFUSAL_CODES } from '../result-codes';
import type { Client } from './clients';
import type { Tokens } from './tokens';

/** Tells by its token whose a call is; one without a valid token is read to its end and answered 401. */
export class Authorization {
  constructor(
    private readonly tokens: Tokens,
    private readonly faults: TstoreFaults,
  ) {}

  /** @returns `null` when it is answered already */
  async clientOf(exchange: TstoreExchange): Promise<Client | null> {
    const accessToken = /^bearer +(\S+)$/i.exec(exchange.header('authorization'))?.[1] ?? '';
    const fate = this.fateOf(exchange, accessToken);
    exchange.note = accessToken === '' ? '' : `token ${shortened(accessToken)}`;
    if (fate === 'valid') return this.tokens.clientOf(accessToken);
    await exchange.drain();
    exchange.result(401, REFUSAL_CODES.unauthorized, `Access token is ${fate}`);
    return null;
  }

  private fateOf(exchange: TstoreExchange, accessToken: string): string {
    if (accessToken === '') return 'missing';
    const fate = this.tokens.fateOf(accessToken);
    if (fate !== 'valid') return fate;
    if (!this.faults.strikeOn(exchange, 'token-revoked')) return fate;
    this.tokens.revoke(accessToken);
    return 'revoked';
  }
}
