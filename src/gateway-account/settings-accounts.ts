import { Injectable, type OnModuleInit } from '@nestjs/common';
import { hash } from 'node:crypto';
import {
  DeploymentConfig,
  KakaopayConfig,
  PortoneConfig,
  TossConfig,
  TstoreConfig,
  kakaopayAccountOf,
  portoneAccountOf,
  tossAccountOf,
  tstoreAccountOf,
  type KakaopayAccount,
  type PortoneAccount,
} from '../config';
import { KeyRing } from '../platform/crypto';
import { Database } from '../platform/database';
import type { CredentialSet, Secrets } from './credential.vault';
import type { GatewayAccount } from './gateway-account.entity';
import type { GatewayName } from './gateway-name';

/** What the settings say of the account of one gateway. */
interface SettingsAccount {
  isThere: boolean;
  identifiers: GatewayAccount['identifiers'];
  /** @throws {DomainError} `gateway-not-configured`, naming the settings that make it */
  credentials(): CredentialSet;
}

/** What the accounts are called that come with their settings. */
const LABELS = { toss: 'Toss Payments', kakaopay: 'KakaoPay', portone: 'PortOne' } as const;

type PrintOf = (secrets: Secrets) => string;

/**
 * The one account of each gateway that the settings make, called as its gateway is. The settings say who it is and hold its
 * secrets; the database has its row, so that charges can name it, and its pace (docs/decisions/0031).
 */
@Injectable()
export class SettingsAccounts implements OnModuleInit {
  private readonly made: Readonly<Partial<Record<GatewayName, SettingsAccount>>>;

  constructor(
    tstore: TstoreConfig,
    toss: TossConfig,
    kakaopay: KakaopayConfig,
    portone: PortoneConfig,
    private readonly deployment: DeploymentConfig,
    private readonly database: Database,
    keys: KeyRing,
  ) {
    // Signed, so that who reads it in the database can't try secrets against it.
    const print = (secrets: Secrets): string =>
      keys.sign(JSON.stringify(secrets), 'settings account').mac.toString('hex').slice(0, 32);
    this.made = {
      tstore: tstoreAccount(tstore, print),
      toss: tossAccount(toss, print),
      kakaopay: kakaopayAccount(kakaopay, print),
      portone: portoneAccount(portone, print),
    };
  }

  /** T store's row has always been there; that of another gateway comes with its settings, and stays when they go. */
  async onModuleInit(): Promise<void> {
    for (const [gateway, label] of Object.entries(LABELS)) {
      if (this.made[gateway as keyof typeof LABELS]?.isThere !== true) continue;
      await this.database.execute(
        `INSERT INTO gateway_account (id, gateway, label, environment, purpose, identifiers)
         VALUES ($1, $1, $2, $3, 'any', '{}') ON CONFLICT (id) DO NOTHING`,
        [gateway, label, this.deployment.environment],
      );
    }
  }

  includes(id: string): boolean {
    return Object.hasOwn(this.made, id);
  }

  /** An account as it is, where settings have something to say of it. */
  completed(account: GatewayAccount): GatewayAccount {
    const made = this.of(account.id);
    if (made === undefined) return account;
    return { ...account, identifiers: made.identifiers, environment: this.deployment.environment };
  }

  /** Whether this process has what the account needs; of all others than these there is nothing to have. */
  isThere(id: string): boolean {
    return this.of(id)?.isThere ?? true;
  }

  /** @returns `undefined` for an account of the database. @throws {DomainError} `gateway-not-configured`, naming the settings that make it */
  credentials(id: string): CredentialSet | undefined {
    return this.of(id)?.credentials();
  }

  private of(id: string): SettingsAccount | undefined {
    return this.includes(id) ? this.made[id as GatewayName] : undefined;
  }
}

function tstoreAccount(config: TstoreConfig, print: PrintOf): SettingsAccount {
  const { account } = config;
  return {
    isThere: account !== undefined,
    identifiers: account === undefined ? {} : { bid: account.bid, mid: account.mid },
    credentials() {
      const { clientId, clientSecret } = tstoreAccountOf(config);
      const secrets = { clientId, clientSecret };
      // By whom it is: another client is another, and only its token will do.
      return { key: nameOf(clientId), print: print(secrets), secrets };
    },
  };
}

function tossAccount(config: TossConfig, print: PrintOf): SettingsAccount {
  return {
    isThere: config.account !== undefined,
    identifiers: {},
    credentials() {
      const { secretKey, clientKey } = tossAccountOf(config);
      const secrets = { secretKey, clientKey };
      // What Toss keeps by an idempotency key is bound to the secret key, which is too random to be guessed from this.
      return { key: nameOf(secretKey), print: print(secrets), secrets };
    },
  };
}

function kakaopayAccount(config: KakaopayConfig, print: PrintOf): SettingsAccount {
  const { account } = config;
  return {
    isThere: account !== undefined,
    identifiers: account === undefined ? {} : identifiersOf(account),
    credentials() {
      const whole = kakaopayAccountOf(config);
      const { secretKey, cidSecret, cidSubscriptionSecret } = whole;
      const secrets = {
        secretKey,
        ...(cidSecret !== undefined && { cidSecret }),
        ...(cidSubscriptionSecret !== undefined && { cidSubscriptionSecret }),
      };
      // A key is good for some contracts and for others not.
      return { key: nameOf(secretKey), print: print({ ...secrets, ...identifiersOf(whole) }), secrets };
    },
  };
}

function identifiersOf({ cid, cidSubscription, generation }: KakaopayAccount): GatewayAccount['identifiers'] {
  return {
    cid,
    ...(cidSubscription !== undefined && { cidSubscription }),
    ...(generation !== 'current' && { generation }),
  };
}

function portoneAccount(config: PortoneConfig, print: PrintOf): SettingsAccount {
  const { account } = config;
  return {
    isThere: account !== undefined,
    identifiers: account === undefined ? {} : identifiersOfStore(account),
    credentials() {
      const { apiSecret, webhookSecrets, storeId } = portoneAccountOf(config);
      const secrets = { apiSecret, ...(webhookSecrets !== undefined && { webhookSecrets }) };
      // What is checked is whether the secret is the store's.
      return { key: nameOf(apiSecret), print: print({ apiSecret, storeId }), secrets };
    },
  };
}

function identifiersOfStore({ storeId, channelKeys, ...rest }: PortoneAccount): GatewayAccount['identifiers'] {
  const { billingChannelKey, manualConfirm } = rest;
  return {
    ...{ storeId, channelKeys },
    ...(billingChannelKey !== undefined && { billingChannelKey }),
    ...(manualConfirm && { manualConfirm: 'true' }),
  };
}

function nameOf(text: string): string {
  return hash('sha256', text).slice(0, 16);
}
