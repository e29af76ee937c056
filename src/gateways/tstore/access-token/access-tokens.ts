import { Injectable } from '@nestjs/common';
import { TstoreConfig } from '../../../config';
import { GatewayAccounts } from '../../../gateway-account';
import { Clock } from '../../../platform/clock';
import { KeyRing } from '../../../platform/crypto';
import { Logger } from '../../../platform/logging';
import { TstoreClient } from '../api/tstore.client';
import { OAuthTokenRepository } from './oauth-token.repository';
import { OAuthTokenStore, type TokenParts } from './oauth-token.store';

/** The access token of each account: one that can't be had holds up nobody else's. */
@Injectable()
export class AccessTokens {
  private readonly stores = new Map<string, OAuthTokenStore>();
  private readonly parts: TokenParts;

  constructor(
    repository: OAuthTokenRepository,
    client: TstoreClient,
    accounts: GatewayAccounts,
    keys: KeyRing,
    clock: Clock,
    config: TstoreConfig,
    logger: Logger,
  ) {
    this.parts = { repository, client, accounts, keys, clock, config, logger };
  }

  /** @param account the id of a gateway account */
  of(account: string): OAuthTokenStore {
    const known = this.stores.get(account);
    if (known !== undefined) return known;
    const made = new OAuthTokenStore(account, this.parts);
    this.stores.set(account, made);
    return made;
  }
}
