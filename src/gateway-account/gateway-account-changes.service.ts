import { Injectable } from '@nestjs/common';
import { DeploymentConfig, type Deployment } from '../config';
import { DomainError, type InputFault } from '../kernel/errors';
import { Clock, secondsAfter } from '../platform/clock';
import { Database, wakeBilling, type SqlTransaction } from '../platform/database';
import { accountFormOf, faultsOfFields, settingsOf } from './account-form';
import { CredentialChecks } from './credential-checks';
import { CredentialVault, type Secrets } from './credential.vault';
import type { GatewayAccount } from './gateway-account.entity';
import { GatewayAccountRepository, type AccountFields, type NewGatewayAccount } from './gateway-account.repository';
import { GatewayAccounts } from './gateway-accounts.service';
import { GATEWAY_NAMES } from './gateway-name';
import { SettingsAccounts } from './settings-accounts';

/** Ids of accounts that settings make, or will. */
const OF_SETTINGS: readonly string[] = GATEWAY_NAMES;

/** Who uses an old secret has a day to notice; one that got out is ended at once by who says so. */
const OVERLAP_SECONDS = 86_400;

interface Why {
  actor: string;
  reason: string | null;
  /** The only version it may be changed from, when there is one. */
  version?: string | undefined;
}

/** Of the deployment's environment, unless another is named. */
export type AccountOrder = Omit<NewGatewayAccount, 'environment'> & { environment: Deployment | undefined };

export interface Rotation {
  credentials: Secrets;
  /** When the old ones are used no more; a day from now unless it is stated. */
  oldValidUntil?: Date | undefined;
}

/** Makes and changes gateway accounts, and gives them new secrets beside the old; all of it is history. */
@Injectable()
export class GatewayAccountChanges {
  constructor(
    private readonly accounts: GatewayAccounts,
    private readonly rows: GatewayAccountRepository,
    private readonly vault: CredentialVault,
    private readonly checks: CredentialChecks,
    private readonly settings: SettingsAccounts,
    private readonly deployment: DeploymentConfig,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** @throws {DomainError} `invalid-request`; `duplicate-gateway-account`; `gateway-account-of-settings` for an id of theirs */
  async create(order: AccountOrder, credentials: Secrets, actor: string): Promise<GatewayAccount> {
    const account = { ...order, environment: order.environment ?? this.deployment.environment };
    const { id, gateway } = account;
    const form = accountFormOf(gateway);
    if (OF_SETTINGS.includes(id)) throw ofSettings(id, 'it is made by settings; choose another id');
    refuse([
      ...faultsOfFields('identifiers', form.identifiers, account.identifiers, true),
      ...faultsOfFields('credentials', form.credentials, credentials, true),
    ]);
    refuse(form.identity?.(account.identifiers, account.environment) ?? []);
    refuse(form.relation?.(credentials, account.environment) ?? []);
    const at = this.clock.now();
    await this.database.transaction(async (session) => {
      if (!(await this.rows.create(session, account, at))) {
        throw new DomainError('duplicate-gateway-account', `There is a gateway account ${id} already`);
      }
      await this.vault.add(session, id, credentials, { actor, at, oldValidUntil: at });
      await this.rows.note(session, id, { cause: 'created', changes: null, actor, reason: null, at });
      await wakeBilling(session);
    });
    return this.accounts.get(id);
  }

  /** @throws {DomainError} `gateway-account-not-found`; `invalid-request`; `version-conflict`; `gateway-account-of-settings` */
  async change(id: string, fields: Omit<AccountFields, 'enabled'>, why: Why): Promise<GatewayAccount> {
    const { identifiers } = fields;
    await this.database.transaction(async (session) => {
      const account = await this.locked(session, id, why);
      if (identifiers === undefined) return this.record(session, account, fields, 'changed', why);
      const { identifiers: form, identity } = accountFormOf(account.gateway);
      this.refuseOfSettings(id, settingsOf(form, Object.keys(identifiers)));
      refuse(faultsOfFields('identifiers', form, identifiers, false));
      refuse(identity?.(identifiers, account.environment) ?? []);
      const merged = { ...fields, identifiers: { ...account.identifiers, ...identifiers } };
      return this.record(session, account, merged, 'changed', why);
    });
    return this.accounts.get(id);
  }

  /**
   * Lets money be moved by the account, or no more: while it is disabled, submissions and refunds of it wait, and what was
   * sent before is followed to its end.
   *
   * @throws {DomainError} `gateway-account-not-found`; `version-conflict`
   */
  async setEnabled(id: string, enabled: boolean, why: Why): Promise<GatewayAccount> {
    await this.database.transaction(async (session) => {
      const account = await this.locked(session, id, why);
      await this.record(session, account, { enabled }, enabled ? 'enabled' : 'disabled', why);
      if (!enabled || account.enabled) return;
      // Nobody has tried its secrets meanwhile.
      await this.checks.askAgain(session, id);
      await wakeBilling(session);
    });
    return this.accounts.get(id);
  }

  /**
   * Puts new secrets beside the old; both are good until the old end.
   *
   * @throws {DomainError} `gateway-account-not-found`; `invalid-request`; `version-conflict`; `gateway-account-of-settings`
   */
  async rotate(id: string, { credentials, oldValidUntil }: Rotation, why: Why): Promise<GatewayAccount> {
    const { actor, reason } = why;
    await this.database.transaction(async (session) => {
      const account = await this.locked(session, id, why);
      const { credentials: fields, relation } = accountFormOf(account.gateway);
      this.refuseOfSettings(id, settingsOf(fields, Object.keys(fields)));
      // Secrets that are made for one another are replaced by others that are.
      refuse(faultsOfFields('credentials', fields, credentials, relation !== undefined));
      refuse(relation?.(credentials, account.environment) ?? []);
      const at = this.clock.now();
      const until = oldValidUntil ?? secondsAfter(at, OVERLAP_SECONDS);
      await this.vault.add(session, id, credentials, { actor, at, oldValidUntil: until });
      await this.rows.change(session, id, {}, at);
      const names = Object.keys(credentials).map((name) => [
        name,
        [`the old, until ${until.toISOString()}`, 'a new one'],
      ]);
      const changes = Object.fromEntries(names) as Record<string, [unknown, unknown]>;
      await this.rows.note(session, id, { cause: 'credentials rotated', changes, actor, reason, at });
      await wakeBilling(session);
    });
    return this.accounts.get(id);
  }

  private async locked(session: SqlTransaction, id: string, { version }: Why): Promise<GatewayAccount> {
    const account = await this.rows.lock(session, id);
    if (account === null) throw new DomainError('gateway-account-not-found', `There is no gateway account ${id}`);
    if (version !== undefined && version !== account.version) {
      throw new DomainError('version-conflict', `Somebody changed the gateway account ${id} since you read it`);
    }
    return account;
  }

  /** Leaves nothing behind where nothing changes. */
  private async record(
    session: SqlTransaction,
    account: GatewayAccount,
    fields: AccountFields,
    cause: string,
    { actor, reason }: Why,
  ): Promise<void> {
    const before = flat(account);
    const changed = Object.entries(flat(fields)).flatMap(([name, to]) =>
      to === undefined || to === before[name] ? [] : [[name, [before[name] ?? null, to]] as const],
    );
    if (changed.length === 0) return;
    const at = this.clock.now();
    await this.rows.change(session, account.id, fields, at);
    const changes = Object.fromEntries(changed) as Record<string, [unknown, unknown]>;
    await this.rows.note(session, account.id, { cause, changes, actor, reason, at });
  }

  private refuseOfSettings(id: string, settings: readonly string[]): void {
    if (!this.settings.includes(id)) return;
    throw ofSettings(id, `set ${settings.join(', ')} anew and restart`, settings);
  }
}

/** Each identifier as a field of its own. */
function flat({ identifiers, ...fields }: AccountFields): Record<string, unknown> {
  return { ...fields, ...identifiers };
}

function refuse(faults: readonly InputFault[]): void {
  if (faults.length > 0) throw new DomainError('invalid-request', 'Nothing could be collected by it', { faults });
}

function ofSettings(id: string, what: string, settings?: readonly string[]): DomainError {
  const message = `The account ${id} is one that settings make: ${what}; nothing was changed`;
  return new DomainError('gateway-account-of-settings', message, settings && { settings });
}
