import { Injectable } from '@nestjs/common';
import { TossConfig } from '../../config';
import { GatewayAccounts } from '../../gateway-account';
import { askWithEach, setToSendWith } from '../credential-sets';
import type { GatewayAnswer } from '../gateway';

/** A secret key, and the name of the set it belongs to. */
export interface TossKey {
  readonly key: string;
  readonly secretKey: string;
}

/** The secret keys of the accounts. */
@Injectable()
export class TossAccounts {
  /** The longest a call may take, from its first byte to its answer. */
  readonly longestCallMs: number;

  constructor(
    private readonly accounts: GatewayAccounts,
    config: TossConfig,
  ) {
    this.longestCallMs = config.connectTimeoutMs + 2 * config.answerTimeoutMs;
  }

  /**
   * The key to send something with that is not to be done twice: the newest, or the one that it was sent with before. Toss's
   * memory of an idempotency key is bound to it, so the same call with another key would be another call.
   *
   * @param sentBy the set it was sent with before
   * @throws {DomainError} `gateway-not-configured`, `gateway-account-unusable`, the latter too when that set is no longer good
   */
  async keyFor(account: string, sentBy?: string): Promise<TossKey> {
    const { key, secrets } = setToSendWith(account, await this.accounts.credentials(account), sentBy);
    return { key, secretKey: secrets.secretKey ?? '' };
  }

  /** For the customer's browser. @throws {DomainError} as {@link keyFor} */
  async clientKeyOf(account: string): Promise<string> {
    const [{ secrets }] = await this.accounts.credentials(account);
    return secrets.clientKey ?? '';
  }

  /** Asks what does no harm twice: with the newest key, and while an older one is good and the newest is refused, with that. */
  async asking<T>(account: string, ask: (secretKey: string) => Promise<GatewayAnswer<T>>): Promise<GatewayAnswer<T>> {
    return askWithEach(await this.accounts.credentials(account), ({ secrets }) => ask(secrets.secretKey ?? ''));
  }
}
