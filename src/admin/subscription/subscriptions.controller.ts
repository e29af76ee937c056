import { Body, Get, HttpCode, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { DomainError } from '../../kernel/errors';
import { SubscriptionLife, Subscriptions } from '../../subscription';
import { Actor, Scope } from '../access';
import { AdminController } from '../frame/admin-controller';
import { ListOf } from '../lists';
import { AuditView } from '../audit';
import { IdParameter } from '../frame/body-fields';
import { pageOf, type Page } from '../frame/page';
import {
  BillingTokenBody,
  CancelBody,
  NewSubscriptionBody,
  SubscriptionChangeBody,
  SubscriptionListQuery,
  SubscriptionMethodBody,
} from './subscriptions.dto';
import {
  SubscriptionDetailView,
  SubscriptionView,
  endedMethodViewOf,
  subscriptionHistoryViewOf,
  subscriptionViewOf,
} from './subscriptions.view';
import { IfMatch, TakesIfMatch } from '../frame/versions';

/** Customers' standing orders. What each change means to charges is written in docs/billing-rules.md. */
@AdminController('subscriptions')
export class SubscriptionsController {
  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly life: SubscriptionLife,
  ) {}

  @Post()
  @Scope('subscriptions:manage')
  @ApiOperation({ summary: 'Subscribe a customer to a product' })
  @ApiCreatedResponse({ type: SubscriptionView })
  async create(@Body() body: NewSubscriptionBody, @Actor() actor: string): Promise<SubscriptionView> {
    const { anchorDay, trialUntil, endsOn, nextBillingOn, priceOverride } = body;
    const { billingToken, paymentMethodId, ...terms } = body;
    const order = { ...terms, anchorDay, trialUntil, endsOn, nextBillingOn, priceOverride };
    return subscriptionViewOf(
      await this.subscriptions.create({ ...order, ...payerOf(billingToken, paymentMethodId) }, actor),
    );
  }

  @Get()
  @Scope('subscriptions:read')
  @ListOf(SubscriptionView)
  @ApiOperation({ summary: 'Subscriptions, newest first' })
  async list(@Query() { cursor, limit, ...filter }: SubscriptionListQuery): Promise<Page<SubscriptionView>> {
    const found = await this.subscriptions.list(filter, { beforeId: cursor, limit });
    return pageOf(found.map(subscriptionViewOf), limit, (subscription) => subscription.id);
  }

  @Get(':id')
  @Scope('subscriptions:read')
  @ApiOperation({ summary: 'A subscription, with the history of its states and terms' })
  @ApiOkResponse({ type: SubscriptionDetailView })
  async get(@Param() { id }: IdParameter): Promise<SubscriptionDetailView> {
    const record = await this.subscriptions.get(id);
    const [history, ended] = await Promise.all([
      this.subscriptions.history(id),
      this.subscriptions.endedMethods(record),
    ]);
    return {
      ...subscriptionViewOf(record),
      history: history.map(subscriptionHistoryViewOf),
      endedMethods: ended.map(endedMethodViewOf),
    };
  }

  @Patch(':id')
  @Scope('subscriptions:manage')
  @ApiOperation({ summary: 'Change product, own price or end, from the next period on' })
  @TakesIfMatch()
  @ApiOkResponse({ type: SubscriptionView })
  async change(
    @Param() { id }: IdParameter,
    @Body() body: SubscriptionChangeBody,
    @Actor() actor: string,
    @IfMatch() version: string | undefined,
  ): Promise<SubscriptionView> {
    const { priceOverride, ...terms } = body;
    await this.life.change(id, { ...terms, price: priceOverride }, { actor, version });
    return this.viewOf({ id });
  }

  @Post(':id/pause')
  @HttpCode(200)
  @Scope('subscriptions:manage')
  @ApiOperation({ summary: 'Bill no further period until resumed' })
  @TakesIfMatch()
  @ApiOkResponse({ type: SubscriptionView })
  async pause(
    @Param() { id }: IdParameter,
    @Actor() actor: string,
    @IfMatch() version: string | undefined,
  ): Promise<SubscriptionView> {
    await this.life.pause(id, { actor, version });
    return this.viewOf({ id });
  }

  @Post(':id/resume')
  @HttpCode(200)
  @Scope('subscriptions:manage')
  @ApiOperation({ summary: 'Bill again from the next billing date; dates that passed in the pause are not billed' })
  @TakesIfMatch()
  @ApiOkResponse({ type: SubscriptionView })
  async resume(
    @Param() { id }: IdParameter,
    @Actor() actor: string,
    @IfMatch() version: string | undefined,
  ): Promise<SubscriptionView> {
    await this.life.resume(id, { actor, version });
    return this.viewOf({ id });
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Scope('subscriptions:manage')
  @ApiOperation({ summary: 'Cancel now, or at the end of the paid period' })
  @TakesIfMatch()
  @ApiOkResponse({ type: SubscriptionView })
  async cancel(
    @Param() { id }: IdParameter,
    @Body() { when }: CancelBody,
    @Actor() actor: string,
    @IfMatch() version: string | undefined,
  ): Promise<SubscriptionView> {
    await this.life.cancel(id, when, { actor, version });
    return this.viewOf({ id });
  }

  @Put(':id/billing-token')
  @Scope('subscriptions:manage')
  @ApiOperation({ summary: 'Replace the billing token for the charges to come' })
  @TakesIfMatch()
  @ApiOkResponse({ type: SubscriptionView })
  async replaceBillingToken(
    @Param() { id }: IdParameter,
    @Body() body: BillingTokenBody,
    @Actor() actor: string,
    @IfMatch() version: string | undefined,
  ): Promise<SubscriptionView> {
    await this.life.replaceBillingToken(id, body.billingToken, { actor, version });
    return this.viewOf({ id });
  }

  @Put(':id/payment-method')
  @Scope('subscriptions:manage')
  @ApiOperation({ summary: 'Have another payment method of the customer pay the charges to come' })
  @TakesIfMatch()
  @ApiOkResponse({ type: SubscriptionView })
  async payBy(
    @Param() { id }: IdParameter,
    @Body() { paymentMethodId }: SubscriptionMethodBody,
    @Actor() actor: string,
    @IfMatch() version: string | undefined,
  ): Promise<SubscriptionView> {
    await this.life.payBy(id, paymentMethodId, { actor, version });
    return this.viewOf({ id });
  }

  @AuditView()
  async viewOf({ id }: IdParameter): Promise<SubscriptionView> {
    return subscriptionViewOf(await this.subscriptions.get(id));
  }
}

/** One of the two, and never both. */
function payerOf(
  billingToken: string | undefined,
  paymentMethodId: string | undefined,
): { billingToken: string } | { paymentMethodId: string } {
  if (billingToken !== undefined && paymentMethodId === undefined) return { billingToken };
  if (paymentMethodId !== undefined && billingToken === undefined) return { paymentMethodId };
  const faults = [{ field: 'billingToken', expected: 'a billingToken, or a paymentMethodId, and not both' }];
  throw new DomainError('invalid-request', 'A subscription is paid by one thing', { faults });
}
