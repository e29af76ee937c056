import { Injectable } from '@nestjs/common';
import { hash } from 'node:crypto';
import { DeploymentConfig, TstoreConfig, tstoreAccountOf } from '../config';
import type { CredentialSet } from './credential.vault';
import type { GatewayAccount } from './gateway-account.entity';

/**
 * The one account of each gateway that the settings make, called as its gateway is. The settings say who it is and hold its
 * secrets; the database has its row, so that charges can name it, and its pace (docs/decisions/0031).
 */
@Injectable()
export class SettingsAccounts {
  constructor(
    private readonly tstore: TstoreConfig,
    private readonly deployment: DeploymentConfig,
  ) {}

  includes(id: string): boolean {
    return id === 'tstore';
  }

  /** An account as it is, where settings have something to say of it. */
  completed(account: GatewayAccount): GatewayAccount {
    if (!this.includes(account.id)) return account;
    const { account: tstore } = this.tstore;
    const identifiers: Readonly<Record<string, string>> =
      tstore === undefined ? {} : { bid: tstore.bid, mid: tstore.mid };
    return { ...account, identifiers, environment: this.deployment.environment };
  }

  /** Whether this process has what the account needs; of all others than these there is nothing to have. */
  isThere(id: string): boolean {
    return !this.includes(id) || this.tstore.account !== undefined;
  }

  /** @throws {DomainError} `gateway-not-configured`, naming the settings that make it */
  credentials(): CredentialSet {
    const { clientId, clientSecret } = tstoreAccountOf(this.tstore);
    // By whom it is: another client is another, and only its token will do.
    return { key: hash('sha256', clientId).slice(0, 16), secrets: { clientId, clientSecret } };
  }
}
