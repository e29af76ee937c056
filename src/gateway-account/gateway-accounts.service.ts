import { Injectable } from '@nestjs/common';
import { BillingConfig, DeploymentConfig } from '../config';
import { DomainError } from '../kernel/errors';
import { Clock } from '../platform/clock';
import { Database, type SqlSession } from '../platform/database';
import { AccountPlaces } from './account-places';
import { CredentialVault, type CredentialSet } from './credential.vault';
import type {
  GatewayAccount,
  GatewayAccountCredential,
  GatewayAccountHistory,
  Purpose,
} from './gateway-account.entity';
import { GatewayAccountRepository, type AccountPage } from './gateway-account.repository';
import { SettingsAccounts } from './settings-accounts';

/** Whether an account serves here: that it is set up is enough to finish what was begun by it, to begin it must be enabled. */
type Need = 'set-up' | 'enabled';

/**
 * The merchant's accounts, for whoever works by one. Read anew each time: what somebody changes or disables holds in every
 * replica from the next piece of work on.
 */
@Injectable()
export class GatewayAccounts {
  constructor(
    private readonly accounts: GatewayAccountRepository,
    private readonly settings: SettingsAccounts,
    private readonly vault: CredentialVault,
    private readonly deployment: DeploymentConfig,
    private readonly billing: BillingConfig,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** @throws {DomainError} `gateway-account-not-found` */
  async get(id: string, session?: SqlSession): Promise<GatewayAccount> {
    const account = await this.accounts.find(id, session);
    if (account === null) throw new DomainError('gateway-account-not-found', `There is no gateway account ${id}`);
    return this.settings.completed(account);
  }

  /** Newest first. */
  async list(page: AccountPage): Promise<GatewayAccount[]> {
    return (await this.accounts.list(page)).map((account) => this.settings.completed(account));
  }

  /** Whether settings say who it is, and hold its secrets. */
  isOfSettings(id: string): boolean {
    return this.settings.includes(id);
  }

  history(id: string): Promise<GatewayAccountHistory[]> {
    return this.accounts.history(id);
  }

  /** What secrets it has, and since when; never the secrets. */
  credentialNames(id: string): Promise<GatewayAccountCredential[]> {
    return this.accounts.credentials(id);
  }

  /**
   * The account, when it serves here.
   *
   * @throws {DomainError} `gateway-account-not-found`; `gateway-not-configured` where the settings that make it are missing;
   *   `gateway-account-unusable` when it is disabled, or belongs to another environment than the deployment
   */
  async require(id: string, need: Need = 'enabled', session?: SqlSession): Promise<GatewayAccount> {
    const account = await this.get(id, session);
    if (!this.settings.isThere(id)) this.settings.credentials();
    const why = this.whyUnusable(account, need);
    if (why !== undefined) throw unusable(id, why);
    return account;
  }

  /** Why an account can't collect for a purpose here: what was expected instead, in words. */
  async whyNotFor(purpose: Exclude<Purpose, 'any'>, id: string): Promise<string | undefined> {
    const found = await this.accounts.find(id);
    if (found === null) return 'the id of a gateway account (GET /admin/v1/gateway-accounts)';
    const { gateway, purpose: its, environment } = this.settings.completed(found);
    // The only gateway by which anything is collected so far.
    if (gateway !== 'tstore') return `an account of T store; this one is of ${gateway}`;
    if (its !== 'any' && its !== purpose) return `an account that collects what is ${purpose}; this one is for ${its}`;
    const { environment: here } = this.deployment;
    return environment === here ? undefined : `an account of ${here}; this one is of ${environment}`;
  }

  /** Those that serve here. */
  async serving(need: Need = 'enabled'): Promise<GatewayAccount[]> {
    const all = (await this.accounts.all()).map((account) => this.settings.completed(account));
    return all.filter((account) => this.problemOf(account, need) === undefined);
  }

  /**
   * Makes sure, in the transaction that commits to sending something, that nobody has disabled the account; who does so
   * waits for that to commit.
   *
   * @throws {DomainError} `gateway-account-unusable`
   */
  async assertEnabled(session: SqlSession, id: string): Promise<void> {
    const [account] = await session.rows<{ enabled: boolean }>(
      'SELECT enabled FROM gateway_account WHERE id = $1 FOR SHARE',
      [id],
    );
    if (account?.enabled !== true) throw unusable(id, 'is disabled');
  }

  /** Where one kind of work is claimed, account by account; see {@link AccountPlaces}. */
  places(need: Need): AccountPlaces {
    return new AccountPlaces(() => this.serving(need), this.billing.gatewayWidth);
  }

  /** Why nothing is begun here by some of them, in words, by their ids. */
  async idle(): Promise<ReadonlyMap<string, string>> {
    const all = (await this.accounts.all()).map((account) => this.settings.completed(account));
    return new Map(all.flatMap((account) => [[account.id, this.problemOf(account)] as const]).filter(hasProblem));
  }

  /** Why an account does not serve here, in words; `undefined` when it does. */
  problemOf(account: GatewayAccount, need: Need = 'enabled'): string | undefined {
    if (!this.settings.isThere(account.id)) return 'is not set up here';
    return this.whyUnusable(account, need);
  }

  /**
   * Its secrets that are good now, the newest first.
   *
   * @throws {DomainError} as {@link require}; `encryption-key-unknown`, `ciphertext-invalid`
   */
  async credentials(id: string): Promise<[CredentialSet, ...CredentialSet[]]> {
    await this.require(id, 'set-up');
    const sets = this.settings.includes(id)
      ? [this.settings.credentials()]
      : await this.vault.open(this.database, id, this.clock.now());
    const [newest, ...older] = sets;
    if (newest !== undefined) return [newest, ...older];
    throw new DomainError('gateway-not-configured', `The gateway account ${id} has no credentials`);
  }

  private whyUnusable({ environment, enabled }: GatewayAccount, need: Need): string | undefined {
    const { environment: here } = this.deployment;
    if (environment !== here) return `is of ${environment}, and this deployment is ${here}`;
    return need === 'enabled' && !enabled ? 'is disabled' : undefined;
  }
}

function unusable(id: string, why: string): DomainError {
  return new DomainError('gateway-account-unusable', `The gateway account ${id} ${why}`);
}

function hasProblem(entry: readonly [string, string | undefined]): entry is readonly [string, string] {
  return entry[1] !== undefined;
}
