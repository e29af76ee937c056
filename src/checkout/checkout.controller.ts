import { Body, Controller, Get, HttpCode, Options, Param, Post, Query, Res, UseGuards } from '@nestjs/common';
import { ApiCreatedResponse, ApiExcludeEndpoint, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Checkout, type CameBack, type Order } from '../order';
import { TokenParameter, WindowParameter, WindowReturnDto } from './checkout.dto';
import { CheckoutGuard } from './checkout.guard';
import { CheckoutOrderView, OpenedWindowView, checkoutViewOf, windowViewOf } from './checkout.view';
import { goTo, outcomeOf } from './redirect';

/** What a customer's browser may call: of one order, by its token. */
@Controller('checkout/v1/orders/:token')
@UseGuards(CheckoutGuard)
@ApiTags('checkout')
export class CheckoutController {
  constructor(private readonly checkout: Checkout) {}

  @Get()
  @ApiOperation({ summary: 'The order, as the customer who pays it may see it' })
  @ApiOkResponse({ type: CheckoutOrderView })
  async get(@Param() { token }: TokenParameter): Promise<CheckoutOrderView> {
    return this.viewOf(await this.checkout.order(token));
  }

  @Post('windows')
  @ApiOperation({
    summary: 'Open a payment window: what the gateway’s script needs for it, or where the customer is to be led',
  })
  @ApiCreatedResponse({ type: OpenedWindowView })
  async open(@Param() { token }: TokenParameter): Promise<OpenedWindowView> {
    return windowViewOf(await this.checkout.open(token));
  }

  @Post('confirm')
  @HttpCode(200)
  @ApiOperation({ summary: 'Confirm what the customer agreed to in the window; once, however often it is sent' })
  @ApiOkResponse({ type: CheckoutOrderView })
  async confirm(@Param() { token }: TokenParameter, @Body() back: WindowReturnDto): Promise<CheckoutOrderView> {
    return this.viewOf(await this.checkout.confirm(await this.checkout.order(token), { brought: { ...back } }));
  }

  /** Where a window takes the customer who agreed, whose gateway says nothing of the window. */
  @Get('windows/:number/return')
  @ApiExcludeEndpoint()
  async returned(
    @Param() { token, number }: WindowParameter,
    @Query() query: Record<string, unknown>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.cameBack(reply, token, { number, brought: query });
  }

  /** The same where what comes back names the window. What stands there beside is the gateway's own affair. */
  @Get('return')
  @ApiExcludeEndpoint()
  async returnedNamed(
    @Param() { token }: TokenParameter,
    @Query() query: Record<string, unknown>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.cameBack(reply, token, { brought: query });
  }

  /** Where it takes one who did not. Anybody could say so, and nothing is changed by it. */
  @Get('windows/:number/fail')
  @ApiExcludeEndpoint()
  async left(
    @Param() { token }: WindowParameter,
    @Query('code') code: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.failed({ token }, code, reply);
  }

  /** The same of any window. */
  @Get('fail')
  @ApiExcludeEndpoint()
  async failed(
    @Param() { token }: TokenParameter,
    @Query('code') code: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { returnUrl, reference, state } = await this.checkout.order(token);
    await goTo(reply, returnUrl, { order: reference, state }, code);
  }

  /** A shop's page asks from its own origin; there is nothing here that a cookie would open. */
  @Options(['', 'windows', 'confirm'])
  @HttpCode(204)
  @ApiExcludeEndpoint()
  preflight(): void {
    // The guard has said what is allowed.
  }

  private async cameBack(reply: FastifyReply, token: string, back: CameBack): Promise<void> {
    const order = await this.checkout.order(token);
    const { state, code } = await outcomeOf(this.checkout.confirm(order, back));
    await goTo(reply, order.returnUrl, { order: order.reference, state }, code);
  }

  private async viewOf(order: Order): Promise<CheckoutOrderView> {
    return checkoutViewOf(order, await this.checkout.depositOf(order));
  }
}
