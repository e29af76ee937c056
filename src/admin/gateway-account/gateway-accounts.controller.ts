import { Body, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { CredentialChecks, GatewayAccountChanges, GatewayAccounts, type GatewayAccount } from '../../gateway-account';
import { Actor, Scope } from '../access';
import { AuditView } from '../audit';
import { AdminController } from '../frame/admin-controller';
import { PageQuery, type Page } from '../frame/page';
import { ReasonBody } from '../frame/reason.dto';
import { IfMatch, TakesIfMatch } from '../frame/versions';
import { ListOf } from '../lists';
import {
  AccountIdParameter,
  GatewayAccountChangeBody,
  NewGatewayAccountBody,
  RotationBody,
} from './gateway-accounts.dto';
import {
  GatewayAccountDetailView,
  GatewayAccountView,
  accountHistoryViewOf,
  credentialViewOf,
  gatewayAccountViewOf,
} from './gateway-accounts.view';

/** The merchant's contracts with gateways (가맹점 계정). Secrets go in, and never come out. */
@AdminController('gateway-accounts')
export class GatewayAccountsController {
  constructor(
    private readonly accounts: GatewayAccounts,
    private readonly changes: GatewayAccountChanges,
    private readonly checks: CredentialChecks,
  ) {}

  @Post()
  @Scope('accounts:manage')
  @ApiOperation({ summary: 'Make an account; its secrets are stored encrypted and never shown' })
  @ApiCreatedResponse({ type: GatewayAccountView })
  async create(@Body() body: NewGatewayAccountBody, @Actor() actor: string): Promise<GatewayAccountView> {
    const { credentials, environment, purpose = 'any', ...stated } = body;
    const { lookupsPerMinute = null, refundsPerMinute = null, atOnce = null } = body;
    const order = { ...stated, environment, purpose, lookupsPerMinute, refundsPerMinute, atOnce };
    return this.shown(await this.changes.create(order, credentials, actor));
  }

  @Get()
  @Scope('accounts:read')
  @ListOf(GatewayAccountView)
  @ApiOperation({ summary: 'Accounts, newest first' })
  async list(@Query() { cursor, limit }: PageQuery): Promise<Page<GatewayAccountView>> {
    const accounts = await this.accounts.list({ beforePosition: cursor, limit });
    const nextCursor = accounts.length === limit ? (accounts.at(-1)?.position ?? null) : null;
    return { items: await this.shownAll(accounts), nextCursor };
  }

  @Get(':id')
  @Scope('accounts:read')
  @ApiOperation({ summary: 'An account: what secrets it has, and the history of its changes' })
  @ApiOkResponse({ type: GatewayAccountDetailView })
  async get(@Param() { id }: AccountIdParameter): Promise<GatewayAccountDetailView> {
    const view = await this.viewOf({ id });
    const credentials = (await this.accounts.credentialNames(id)).map(credentialViewOf);
    return { ...view, credentials, history: (await this.accounts.history(id)).map(accountHistoryViewOf) };
  }

  @Patch(':id')
  @Scope('accounts:manage')
  @TakesIfMatch()
  @ApiOperation({
    summary: 'Change what an account is called, may collect, its pace, or what its gateway calls the merchant',
  })
  @ApiOkResponse({ type: GatewayAccountView })
  async change(
    @Param() { id }: AccountIdParameter,
    @Body() change: GatewayAccountChangeBody,
    @Actor() actor: string,
    @IfMatch() version: string | undefined,
  ): Promise<GatewayAccountView> {
    return this.shown(await this.changes.change(id, { ...change }, { actor, reason: null, version }));
  }

  @Post(':id/disable')
  @HttpCode(200)
  @Scope('accounts:manage')
  @TakesIfMatch()
  @ApiOperation({ summary: 'Let submissions and refunds of an account wait; what was sent is followed to its end' })
  @ApiOkResponse({ type: GatewayAccountView })
  async disable(
    @Param() { id }: AccountIdParameter,
    @Body() { reason }: ReasonBody,
    @Actor() actor: string,
    @IfMatch() version: string | undefined,
  ): Promise<GatewayAccountView> {
    return this.shown(await this.changes.setEnabled(id, false, { actor, reason, version }));
  }

  @Post(':id/enable')
  @HttpCode(200)
  @Scope('accounts:manage')
  @TakesIfMatch()
  @ApiOperation({ summary: 'Let submissions and refunds of an account go on' })
  @ApiOkResponse({ type: GatewayAccountView })
  async enable(
    @Param() { id }: AccountIdParameter,
    @Body() { reason }: ReasonBody,
    @Actor() actor: string,
    @IfMatch() version: string | undefined,
  ): Promise<GatewayAccountView> {
    return this.shown(await this.changes.setEnabled(id, true, { actor, reason, version }));
  }

  @Post(':id/credentials')
  @HttpCode(200)
  @Scope('accounts:manage')
  @TakesIfMatch()
  @ApiOperation({ summary: 'Give an account new secrets; the old are used beside them until they end' })
  @ApiOkResponse({ type: GatewayAccountDetailView })
  async rotate(
    @Param() { id }: AccountIdParameter,
    @Body() { credentials, oldValidUntil, reason }: RotationBody,
    @Actor() actor: string,
    @IfMatch() version: string | undefined,
  ): Promise<GatewayAccountDetailView> {
    const until = oldValidUntil === undefined ? undefined : new Date(oldValidUntil);
    await this.changes.rotate(id, { credentials, oldValidUntil: until }, { actor, reason, version });
    return this.get({ id });
  }

  @AuditView()
  async viewOf({ id }: AccountIdParameter): Promise<GatewayAccountView> {
    return this.shown(await this.accounts.get(id));
  }

  private async shown(account: GatewayAccount): Promise<GatewayAccountView> {
    const [shown] = await this.shownAll([account]);
    return shown as GatewayAccountView;
  }

  private async shownAll(accounts: readonly GatewayAccount[]): Promise<GatewayAccountView[]> {
    const checks = await this.checks.of(accounts);
    return accounts.map((account) =>
      gatewayAccountViewOf(account, this.accounts.problemOf(account), checks.get(account.id)),
    );
  }
}
