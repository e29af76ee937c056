import { Injectable } from '@nestjs/common';
import { BillingConfig, DeploymentConfig } from '../config';
import { DomainError } from '../kernel/errors';
import { Clock } from '../platform/clock';
import { Database, type SqlSession } from '../platform/database';
import { Batcher } from '../platform/work';
import { ACCOUNT_GATEWAYS } from './account-form';
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

/** At least one, the newest first. */
type CredentialSets = [CredentialSet, ...CredentialSet[]];

/** Whether an account serves here: that it is set up is enough to finish what was begun by it, to begin it must be enabled. */
type Need = 'set-up' | 'enabled';

/**
 * The merchant's accounts, for whoever works by one. Read anew each time: what somebody changes or disables holds in every
 * replica from the next piece of work on.
 */
@Injectable()
export class GatewayAccounts {
  private looking: Promise<GatewayAccount[]> | undefined;
  /** Calls that are about to go out at the same time read the secrets once. */
  private readonly opened = new Batcher<string, CredentialSets>(async (ids) => {
    const sets = new Map<string, CredentialSets>();
    for (const id of new Set(ids)) sets.set(id, await this.openCredentials(id));
    return ids.map((id) => sets.get(id) as CredentialSets);
  });

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
    if (!this.settings.isThere(id)) this.settings.credentials(id);
    const why = this.whyUnusable(account, need);
    if (why !== undefined) throw unusable(id, why);
    return account;
  }

  /** Why an account can't collect for a purpose here: what was expected instead, in words. */
  async whyNotFor(purpose: Exclude<Purpose, 'any'>, id: string): Promise<string | undefined> {
    const found = await this.accounts.find(id);
    if (found === null) return 'the id of a gateway account (GET /admin/v1/gateway-accounts)';
    const { purpose: its, environment } = this.settings.completed(found);
    if (its !== 'any' && its !== purpose) return `an account that collects what is ${purpose}; this one is for ${its}`;
    const { environment: here } = this.deployment;
    return environment === here ? undefined : `an account of ${here}; this one is of ${environment}`;
  }

  /** Those that serve here. */
  async serving(need: Need = 'enabled'): Promise<GatewayAccount[]> {
    return this.servingOf(await this.accounts.all(), need);
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
    return new AccountPlaces(async () => this.servingOf(await this.allTogether(), need), this.billing.gatewayWidth);
  }

  /** Why nothing is begun here by some of them, in words, by their ids. */
  async idle(): Promise<ReadonlyMap<string, string>> {
    const all = (await this.accounts.all()).map((account) => this.settings.completed(account));
    return new Map(all.flatMap((account) => [[account.id, this.whyNotServing(account)] as const]).filter(hasProblem));
  }

  /** Why nothing is begun by an account, in words for people; `undefined` when it serves. */
  problemOf(account: GatewayAccount): string | undefined {
    const { gateway } = account;
    // A run takes what its products are owed for all the same, and parks it in sight.
    if (!ACCOUNT_GATEWAYS.includes(gateway)) return `is of ${gateway}, by which nothing is collected here yet`;
    return this.whyNotServing(account);
  }

  /**
   * Its secrets that are good now, the newest first.
   *
   * @throws {DomainError} as {@link require}; `encryption-key-unknown`, `ciphertext-invalid`
   */
  credentials(id: string): Promise<CredentialSets> {
    return this.opened.do(id);
  }

  private async openCredentials(id: string): Promise<CredentialSets> {
    await this.require(id, 'set-up');
    const ofSettings = this.settings.credentials(id);
    const sets = ofSettings ? [ofSettings] : await this.vault.open(this.database, id, this.clock.now());
    const [newest, ...older] = sets;
    if (newest !== undefined) return [newest, ...older];
    throw new DomainError('gateway-not-configured', `The gateway account ${id} has no credentials`);
  }

  /** For who looks for work: those that look together get one answer. Who begins some asks once more whether it is enabled. */
  private allTogether(): Promise<GatewayAccount[]> {
    return (this.looking ??= this.accounts.all().finally(() => (this.looking = undefined)));
  }

  private servingOf(all: readonly GatewayAccount[], need: Need): GatewayAccount[] {
    return all
      .map((account) => this.settings.completed(account))
      .filter((account) => this.whyNotServing(account, need) === undefined);
  }

  private whyNotServing(account: GatewayAccount, need: Need = 'enabled'): string | undefined {
    if (!this.settings.isThere(account.id)) return 'is not set up here';
    return this.whyUnusable(account, need);
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
