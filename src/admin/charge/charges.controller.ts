import { Body, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ChargeTransactions, Refunds } from '../../refund';
import { Charges } from '../../charge';
import { daysInSeoul } from '../../kernel/seoul-calendar';
import { Actor, CurrentCaller, Scope, type Caller } from '../access';
import { AdminController } from '../frame/admin-controller';
import { AuditView } from '../audit';
import { type Page, PageQuery, pageOf } from '../frame/page';
import { ListOf } from '../lists';
import { ChargeListQuery, OrderNoParameter } from './charges.dto';
import { ChargeTransactionView, ChargeView, chargeTransactionViewOf, chargeViewOf } from './charges.view';
import { RefundBody } from '../refund/refunds.dto';
import { RefundView, refundViewOf } from '../refund/refunds.view';

/** Charges (결제), one order number each: what was asked and what became of it. */
@AdminController('charges')
export class ChargesController {
  constructor(
    private readonly charges: Charges,
    private readonly transactions: ChargeTransactions,
    private readonly refundDesk: Refunds,
  ) {}

  @Get()
  @Scope('charges:read')
  @ListOf(ChargeView)
  @ApiOperation({ summary: 'Charges, newest first' })
  async list(@Query() query: ChargeListQuery): Promise<Page<ChargeView>> {
    const { cursor, limit, from, to, ...filter } = query;
    const found = await this.charges.list({ ...filter, made: daysInSeoul(from, to) }, { beforeId: cursor, limit });
    return pageOf(found.map(chargeViewOf), limit, (charge) => charge.id);
  }

  @Get(':orderNo')
  @Scope('charges:read')
  @ApiOperation({ summary: 'A charge by its order number' })
  @ApiOkResponse({ type: ChargeView })
  get(@Param() { orderNo }: OrderNoParameter): Promise<ChargeView> {
    return this.viewOf({ orderNo });
  }

  @Get(':orderNo/transaction')
  @Scope('transactions:lookup')
  @ApiOperation({
    summary: 'Its payment as the gateway has it, beside our record; an answer is given again for a minute',
  })
  @ApiOkResponse({ type: ChargeTransactionView })
  async transaction(@Param() { orderNo }: OrderNoParameter, @Actor() actor: string): Promise<ChargeTransactionView> {
    return chargeTransactionViewOf(await this.transactions.lookUp(orderNo, actor));
  }

  @Get(':orderNo/refunds')
  @Scope('refunds:read')
  @ListOf(RefundView)
  @ApiOperation({ summary: 'Its refunds, newest first' })
  async refunds(
    @Param() { orderNo }: OrderNoParameter,
    @Query() { cursor, limit }: PageQuery,
  ): Promise<Page<RefundView>> {
    const { id: chargeId } = await this.charges.get(orderNo);
    const found = await this.refundDesk.list({ chargeId }, { beforeId: cursor, limit });
    return pageOf(found.map(refundViewOf), limit, (refund) => refund.id);
  }

  @Post(':orderNo/refunds')
  @HttpCode(202)
  @Scope('refunds:create')
  @ApiOperation({
    summary: 'Give all or a part of it back: queued, checked against the gateway, then sent once; one refund at a time',
  })
  @ApiAcceptedResponse({ type: RefundView })
  async refund(
    @Param() { orderNo }: OrderNoParameter,
    @Body() body: RefundBody,
    @CurrentCaller() by: Caller,
  ): Promise<RefundView> {
    const { amount, reason, reference, account } = body;
    return refundViewOf(await this.refundDesk.request(orderNo, { amount, reason, reference, account, by }));
  }

  @AuditView()
  async viewOf({ orderNo }: OrderNoParameter): Promise<ChargeView> {
    return chargeViewOf(await this.charges.get(orderNo));
  }
}
