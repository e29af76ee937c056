import { Injectable } from '@nestjs/common';
import { PortoneConfig } from '../../config';
import { GatewayAccounts, type CredentialSet } from '../../gateway-account';
import { askWithEach, setToSendWith } from '../credential-sets';
import type { GatewayAnswer } from '../gateway';
import type { PortoneCall } from './api/requests';

/** What a payment must be of to be believed. */
export interface StoreTerms {
  readonly storeId: string;
  /** The channels that the merchant's customers pay by: a browser can name any of the store's. */
  readonly channelKeys: readonly string[];
  /** Whether only channels of money count. */
  readonly isLive: boolean;
  /** The one that windows are opened for. */
  readonly channelKey: string;
  /** The one in which methods are registered. */
  readonly billingChannelKey: string;
  /** Whether nothing is charged before it is confirmed. */
  readonly isManual: boolean;
}

/** Secrets, stores and channels of the accounts. */
@Injectable()
export class PortoneAccounts {
  /** The longest a call may take, from its first byte to its answer. */
  readonly longestCallMs: number;

  constructor(
    private readonly accounts: GatewayAccounts,
    config: PortoneConfig,
  ) {
    this.longestCallMs = config.connectTimeoutMs + 2 * config.answerTimeoutMs;
  }

  /**
   * What a call goes with: the newest secret, or the one it was sent with before.
   *
   * @throws {DomainError} `gateway-not-configured`, `gateway-account-unusable`
   */
  async callFor(account: string, sentBy?: string): Promise<{ key: string; call: PortoneCall }> {
    const set = setToSendWith(account, await this.accounts.credentials(account), sentBy);
    return { key: set.key, call: await this.callWith(account, set) };
  }

  /** The same with these secrets. */
  async callWith(account: string, { secrets }: CredentialSet): Promise<PortoneCall> {
    const { identifiers } = await this.accounts.get(account);
    return { account, apiSecret: secrets.apiSecret ?? '', storeId: identifiers.storeId ?? '' };
  }

  /** Asks what does no harm twice. @throws {DomainError} as {@link callFor} */
  async asking<T>(account: string, ask: (call: PortoneCall) => Promise<GatewayAnswer<T>>): Promise<GatewayAnswer<T>> {
    const sets = await this.accounts.credentials(account);
    return askWithEach(sets, async (set) => ask(await this.callWith(account, set)));
  }

  /** @throws {DomainError} `gateway-account-not-found` */
  async termsOf(account: string): Promise<StoreTerms> {
    const { identifiers, environment } = await this.accounts.get(account);
    const { storeId = '', channelKeys = '', billingChannelKey, manualConfirm } = identifiers;
    const listed = channelKeys.split(',');
    const [channelKey = ''] = listed;
    return {
      ...{ storeId, channelKey, isLive: environment === 'live', isManual: manualConfirm === 'true' },
      billingChannelKey: billingChannelKey ?? channelKey,
      channelKeys: billingChannelKey === undefined ? listed : [...listed, billingChannelKey],
    };
  }
}
