import { Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ChargeTransactions, Charges } from '../charge';
import { Actor, Scope } from './access';
import { AdminController } from './admin-controller';
import { pageOf, type Page } from './bulk-payment-jobs.view';
import { ChargeListQuery, OrderNoParameter } from './charges.dto';
import { ChargeTransactionView, ChargeView, chargeTransactionViewOf, chargeViewOf } from './charges.view';

/** Charges (결제), one order number each: what was asked and what became of it. */
@AdminController('charges')
export class ChargesController {
  constructor(
    private readonly charges: Charges,
    private readonly transactions: ChargeTransactions,
  ) {}

  @Get()
  @Scope('charges:read')
  @ApiOperation({ summary: 'Charges, newest first' })
  async list(@Query() { cursor, limit, ...filter }: ChargeListQuery): Promise<Page<ChargeView>> {
    const found = await this.charges.list(filter, { beforeId: cursor, limit });
    return pageOf(found.map(chargeViewOf), limit, (charge) => charge.id);
  }

  @Get(':orderNo')
  @Scope('charges:read')
  @ApiOperation({ summary: 'A charge by its order number' })
  @ApiOkResponse({ type: ChargeView })
  async get(@Param() { orderNo }: OrderNoParameter): Promise<ChargeView> {
    return chargeViewOf(await this.charges.get(orderNo));
  }

  @Get(':orderNo/transaction')
  @Scope('transactions:lookup')
  @ApiOperation({ summary: 'Its payment as T store has it, beside our record; an answer is given again for a minute' })
  @ApiOkResponse({ type: ChargeTransactionView })
  async transaction(@Param() { orderNo }: OrderNoParameter, @Actor() actor: string): Promise<ChargeTransactionView> {
    return chargeTransactionViewOf(await this.transactions.lookUp(orderNo, actor));
  }
}
