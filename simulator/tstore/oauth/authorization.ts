import { shortened } from '../../shared/call-log';
import type { ArmedFaults } from '../faults/armed-faults';
import type { TstoreExchange } from '../exchange';
import { REFUSAL_CODES } from '../result-codes';
import type { Tokens } from './tokens';

/** Lets a call pass that bears a valid token; any other is read to its end and answered 401. */
export class Authorization {
  constructor(
    private readonly tokens: Tokens,
    private readonly faults: ArmedFaults,
  ) {}

  async allows(exchange: TstoreExchange): Promise<boolean> {
    const accessToken = /^bearer +(\S+)$/i.exec(exchange.header('authorization'))?.[1] ?? '';
    const fate = this.fateOf(exchange, accessToken);
    exchange.note = accessToken === '' ? '' : `token ${shortened(accessToken)}`;
    if (fate === 'valid') return true;
    await exchange.drain();
    exchange.result(401, REFUSAL_CODES.unauthorized, `Access token is ${fate}`);
    return false;
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
