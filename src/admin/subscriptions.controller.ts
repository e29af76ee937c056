import { Body, Get, HttpCode, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { SubscriptionLife, Subscriptions } from '../subscription';
import { AdminController } from './admin-controller';
import { IdParameter } from './body-fields';
import { pageOf, type Page } from './bulk-payment-jobs.view';
import {
  BillingTokenBody,
  CancelBody,
  NewSubscriptionBody,
  SubscriptionChangeBody,
  SubscriptionListQuery,
} from './subscriptions.dto';
import { SubscriptionView, subscriptionHistoryViewOf, subscriptionViewOf } from './subscriptions.view';

const ACTOR = 'admin-api';

/** Customers' standing orders. What each change means to charges is written in docs/billing-rules.md. */
@AdminController('subscriptions')
export class SubscriptionsController {
  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly life: SubscriptionLife,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Subscribe a customer to a product' })
  @ApiCreatedResponse({ type: SubscriptionView })
  async create(@Body() body: NewSubscriptionBody): Promise<SubscriptionView> {
    const { anchorDay, trialUntil, endsOn, nextBillingOn, priceOverride } = body;
    const order = { ...body, anchorDay, trialUntil, endsOn, nextBillingOn, priceOverride };
    return subscriptionViewOf(await this.subscriptions.create(order));
  }

  @Get()
  @ApiOperation({ summary: 'Subscriptions, newest first' })
  async list(@Query() { cursor, limit, ...filter }: SubscriptionListQuery): Promise<Page<SubscriptionView>> {
    const found = await this.subscriptions.list(filter, { beforeId: cursor, limit });
    return pageOf(found.map(subscriptionViewOf), limit, (subscription) => subscription.id);
  }

  @Get(':id')
  @ApiOperation({ summary: 'A subscription, with the history of its states and terms' })
  @ApiOkResponse({ type: SubscriptionView })
  async get(@Param() { id }: IdParameter): Promise<SubscriptionView & { history: object[] }> {
    const view = await this.viewOf(id);
    return { ...view, history: (await this.subscriptions.history(id)).map(subscriptionHistoryViewOf) };
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Change product, own price or end, from the next period on' })
  @ApiOkResponse({ type: SubscriptionView })
  async change(@Param() { id }: IdParameter, @Body() body: SubscriptionChangeBody): Promise<SubscriptionView> {
    const { priceOverride, ...terms } = body;
    await this.life.change(id, { ...terms, price: priceOverride }, ACTOR);
    return this.viewOf(id);
  }

  @Post(':id/pause')
  @HttpCode(200)
  @ApiOperation({ summary: 'Bill no further period until resumed' })
  @ApiOkResponse({ type: SubscriptionView })
  async pause(@Param() { id }: IdParameter): Promise<SubscriptionView> {
    await this.life.pause(id, ACTOR);
    return this.viewOf(id);
  }

  @Post(':id/resume')
  @HttpCode(200)
  @ApiOperation({ summary: 'Bill again from the next billing date; dates that passed in the pause are not billed' })
  @ApiOkResponse({ type: SubscriptionView })
  async resume(@Param() { id }: IdParameter): Promise<SubscriptionView> {
    await this.life.resume(id, ACTOR);
    return this.viewOf(id);
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @ApiOperation({ summary: 'Cancel now, or at the end of the paid period' })
  @ApiOkResponse({ type: SubscriptionView })
  async cancel(@Param() { id }: IdParameter, @Body() { when }: CancelBody): Promise<SubscriptionView> {
    await this.life.cancel(id, when, ACTOR);
    return this.viewOf(id);
  }

  @Put(':id/billing-token')
  @ApiOperation({ summary: 'Replace the billing token for the charges to come' })
  @ApiOkResponse({ type: SubscriptionView })
  async replaceBillingToken(@Param() { id }: IdParameter, @Body() body: BillingTokenBody): Promise<SubscriptionView> {
    await this.life.replaceBillingToken(id, body.billingToken, ACTOR);
    return this.viewOf(id);
  }

  private async viewOf(id: string): Promise<SubscriptionView> {
    return subscriptionViewOf(await this.subscriptions.get(id));
  }
}
