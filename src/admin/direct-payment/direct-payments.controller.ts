import { Body, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { DirectPaymentDecisions, DirectPayments } from '../../direct-payment';
import { CurrentCaller, Scope, type Caller } from '../access';
import type { ApprovalView } from '../approval/approvals.view';
import { AuditView } from '../audit';
import { AdminController } from '../frame/admin-controller';
import { MayAwaitApproval, awaiting } from '../frame/awaiting-approval';
import { IdParameter } from '../frame/body-fields';
import { stateChangeViewOf } from '../frame/history.view';
import { pageOf, type Page } from '../frame/page';
import { IfMatch, TakesIfMatch } from '../frame/versions';
import { ListOf } from '../lists';
import { DirectPaymentListQuery, ResolvePaymentBody } from './direct-payments.dto';
import { DirectPaymentDetailView, DirectPaymentView, directPaymentViewOf, lookViewOf } from './direct-payments.view';

/** The latest are what is decided by. */
const LOOKS_SHOWN = 20;

/** Payments that one call collects each, and what became of that call. */
@AdminController('direct-payments')
export class DirectPaymentsController {
  constructor(
    private readonly payments: DirectPayments,
    private readonly decisions: DirectPaymentDecisions,
  ) {}

  @Get()
  @Scope('charges:read')
  @ListOf(DirectPaymentView)
  @ApiOperation({ summary: 'Payments that one call collects each, newest first' })
  async list(@Query() { cursor, limit, ...filter }: DirectPaymentListQuery): Promise<Page<DirectPaymentView>> {
    const found = await this.payments.list(filter, { beforeId: cursor, limit });
    return pageOf(found.map(directPaymentViewOf), limit, (payment) => payment.id);
  }

  @Get(':id')
  @Scope('charges:read')
  @ApiOperation({ summary: 'A payment, with the history of its states' })
  @ApiOkResponse({ type: DirectPaymentDetailView })
  async get(@Param() { id }: IdParameter): Promise<DirectPaymentDetailView> {
    const view = await this.viewOf({ id });
    const looks = (await this.payments.looks(id, LOOKS_SHOWN)).map(lookViewOf);
    return { ...view, looks, history: (await this.payments.history(id)).map(stateChangeViewOf) };
  }

  @Post(':id/look')
  @HttpCode(200)
  @Scope('jobs:decide')
  @ApiOperation({
    summary: 'Have a payment in doubt, that waits for a deposit, or that was declined, looked up at once',
  })
  @ApiOkResponse({ type: DirectPaymentView })
  async look(@Param() { id }: IdParameter, @CurrentCaller() caller: Caller): Promise<DirectPaymentView> {
    await this.decisions.lookAgain(id, caller.actor);
    return this.viewOf({ id });
  }

  @Post(':id/resolve')
  @Scope('jobs:decide')
  @ApiOperation({ summary: 'Say what became of a payment in doubt; the gateway is asked first, and nothing is sent' })
  @TakesIfMatch()
  @MayAwaitApproval(DirectPaymentView)
  async resolve(
    @Param() { id }: IdParameter,
    @Body() body: ResolvePaymentBody,
    @CurrentCaller() by: Caller,
    @IfMatch() version: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DirectPaymentView | ApprovalView> {
    const waiting = await this.decisions.resolve(id, { ...body, by, version });
    return waiting === undefined ? this.viewOf({ id }) : awaiting(reply, waiting);
  }

  @AuditView()
  async viewOf({ id }: IdParameter): Promise<DirectPaymentView> {
    return directPaymentViewOf(await this.payments.get(id));
  }
}
