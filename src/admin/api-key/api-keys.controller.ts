import { Body, Get, Header, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Actor, ApiKeys, CurrentCaller, Scope, type Caller } from '../access';
import { AdminController } from '../frame/admin-controller';
import { ListOf } from '../lists';
import { ApiKeyListQuery, NewApiKeyBody } from './api-keys.dto';
import { ApiKeyView, NewApiKeyView, apiKeyViewOf } from './api-keys.view';
import { AuditView } from '../audit';
import { ReasonBody } from '../frame/reason.dto';
import { IdParameter } from '../frame/body-fields';
import { ShownOnce } from '../idempotency';
import { pageOf, type Page } from '../frame/page';

/** Keys to this API. A key is never changed: another role is another key. */
@AdminController('api-keys')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeys) {}

  @Post()
  @Scope('keys:manage')
  @ShownOnce('token')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Make a key; its token is shown this once. Nobody can give what their own key lacks' })
  @ApiCreatedResponse({ type: NewApiKeyView })
  async create(@Body() body: NewApiKeyBody, @CurrentCaller() caller: Caller): Promise<NewApiKeyView> {
    const { name, owner, role, scopes, expiresAt } = body;
    const order = {
      name,
      owner,
      role,
      scopes: scopes ?? null,
      expiresAt: expiresAt === undefined ? null : new Date(expiresAt),
    };
    const { key, token } = await this.keys.create(order, caller);
    return { ...apiKeyViewOf(key), token };
  }

  @Get()
  @Scope('keys:read')
  @ListOf(ApiKeyView)
  @ApiOperation({ summary: 'Keys, newest first, revoked ones too' })
  async list(@Query() { owner, createdByKeyId, cursor, limit }: ApiKeyListQuery): Promise<Page<ApiKeyView>> {
    const keys = await this.keys.list({ owner, createdByKeyId, beforeId: cursor, limit });
    return pageOf(keys.map(apiKeyViewOf), limit, (key) => key.id);
  }

  @Get(':id')
  @Scope('keys:read')
  @AuditView()
  @ApiOperation({ summary: 'A key: what it may do, and when it was used last' })
  @ApiOkResponse({ type: ApiKeyView })
  async get(@Param() { id }: IdParameter): Promise<ApiKeyView> {
    return apiKeyViewOf(await this.keys.get(id));
  }

  @Post(':id/revoke')
  @Scope('keys:manage')
  @HttpCode(200)
  @ApiOperation({ summary: 'End a key at once, for ever' })
  @ApiOkResponse({ type: ApiKeyView })
  async revoke(
    @Param() { id }: IdParameter,
    @Body() { reason }: ReasonBody,
    @Actor() actor: string,
  ): Promise<ApiKeyView> {
    return apiKeyViewOf(await this.keys.revoke(id, { actor, reason }));
  }
}
