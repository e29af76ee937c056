import { Body, Controller, Get, HttpCode, Options, Param, Post, Query, Res, UseGuards } from '@nestjs/common';
import { ApiCreatedResponse, ApiExcludeEndpoint, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Checkout, type Order } from '../order';
import { TokenParameter, WindowReturnDto } from './checkout.dto';
import { CheckoutGuard } from './checkout.guard';
import { CheckoutOrderView, OpenedWindowView, checkoutViewOf, windowViewOf } from './checkout.view';
import { broughtBack, goTo, outcomeOf } from './redirect';

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
  @ApiOperation({ summary: 'Open a payment window: what the gateway’s script needs for it' })
  @ApiCreatedResponse({ type: OpenedWindowView })
  async open(@Param() { token }: TokenParameter): Promise<OpenedWindowView> {
    return windowViewOf(await this.checkout.open(token));
  }

  @Post('confirm')
  @HttpCode(200)
  @ApiOperation({ summary: 'Confirm what the customer agreed to in the window; once, however often it is sent' })
  @ApiOkResponse({ type: CheckoutOrderView })
  async confirm(@Param() { token }: TokenParameter, @Body() back: WindowReturnDto): Promise<CheckoutOrderView> {
    return this.viewOf(await this.confirmed(token, back));
  }

  /** Where the window takes the customer who agreed. */
  @Get('return')
  @ApiExcludeEndpoint()
  async returned(
    @Param() { token }: TokenParameter,
    @Query() query: Record<string, unknown>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { returnUrl, reference } = await this.checkout.order(token);
    const confirmed = broughtBack(query, WindowReturnDto).then((back) => this.confirmed(token, back));
    const { state, code } = await outcomeOf(confirmed);
    await goTo(reply, returnUrl, { order: reference, state }, code);
  }

  /** Where it takes one who did not. Anybody could say so, and nothing is changed by it. */
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

  private async viewOf(order: Order): Promise<CheckoutOrderView> {
    return checkoutViewOf(order, await this.checkout.depositOf(order));
  }

  private confirmed(token: string, { paymentKey, orderId, amount }: WindowReturnDto): ReturnType<Checkout['confirm']> {
    return this.checkout.confirm(token, { reference: paymentKey, orderNo: orderId, amount });
  }
}
