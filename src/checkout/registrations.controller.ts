import { Body, Controller, Get, HttpCode, Options, Param, Post, Query, Res, UseGuards } from '@nestjs/common';
import { ApiCreatedResponse, ApiExcludeEndpoint, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { MethodWindow } from '../payment-method';
import { CheckoutGuard } from './checkout.guard';
import { goTo, outcomeOf } from './redirect';
import { MethodReturnDto, RegistrationTokenParameter, RegistrationWindowParameter } from './registrations.dto';
import { CheckoutRegistrationView, OpenedMethodWindowView, registrationViewOf } from './registrations.view';

/** What a customer's browser may call: of one registration of a payment method, by its token. */
@Controller('checkout/v1/registrations/:token')
@UseGuards(CheckoutGuard)
@ApiTags('checkout')
export class CheckoutRegistrationsController {
  constructor(private readonly registrations: MethodWindow) {}

  @Get()
  @ApiOperation({ summary: 'The registration, as the customer may see it' })
  @ApiOkResponse({ type: CheckoutRegistrationView })
  async get(@Param() { token }: RegistrationTokenParameter): Promise<CheckoutRegistrationView> {
    return registrationViewOf(await this.registrations.registration(token));
  }

  @Post('window')
  @ApiOperation({ summary: 'What the gateway’s script needs to open the window' })
  @ApiCreatedResponse({ type: OpenedMethodWindowView })
  async open(@Param() { token }: RegistrationTokenParameter): Promise<OpenedMethodWindowView> {
    const window = await this.registrations.open(token);
    const registration = await this.registrations.registration(token);
    return { ...registrationViewOf(registration), gateway: registration.gateway, window };
  }

  @Post('complete')
  @HttpCode(200)
  @ApiOperation({ summary: 'Register what the customer entered in the window; once, however often it is sent' })
  @ApiOkResponse({ type: CheckoutRegistrationView })
  async complete(
    @Param() { token }: RegistrationTokenParameter,
    @Body() back: MethodReturnDto,
  ): Promise<CheckoutRegistrationView> {
    return registrationViewOf(await this.registrations.complete(token, { brought: { ...back } }));
  }

  /** Where the window takes the customer who entered something. */
  @Get('return')
  @ApiExcludeEndpoint()
  async returned(
    @Param() { token }: RegistrationTokenParameter,
    @Query() query: Record<string, unknown>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { id, returnUrl } = await this.registrations.registration(token);
    const { state, code } = await outcomeOf(this.registrations.complete(token, { brought: query }));
    await goTo(reply, returnUrl, { registration: id, state }, code);
  }

  /** The same of a window whose gateway says nothing of it. */
  @Get('windows/:window/return')
  @ApiExcludeEndpoint()
  async returnedFrom(
    @Param() { token, window }: RegistrationWindowParameter,
    @Query() query: Record<string, unknown>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { id, returnUrl } = await this.registrations.registration(token);
    const { state, code } = await outcomeOf(this.registrations.complete(token, { window, brought: query }));
    await goTo(reply, returnUrl, { registration: id, state }, code);
  }

  /** Where that takes one who did not. */
  @Get('windows/:window/fail')
  @ApiExcludeEndpoint()
  async left(
    @Param() { token }: RegistrationWindowParameter,
    @Query('code') code: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { id, returnUrl, state } = await this.registrations.registration(token);
    await goTo(reply, returnUrl, { registration: id, state }, code);
  }

  /** Where it takes one who did not. Anybody could say so, and nothing is changed by it. */
  @Get('fail')
  @ApiExcludeEndpoint()
  async failed(
    @Param() { token }: RegistrationTokenParameter,
    @Query('code') code: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { id, returnUrl, state } = await this.registrations.registration(token);
    await goTo(reply, returnUrl, { registration: id, state }, code);
  }

  /** A shop's page asks from its own origin; there is nothing here that a cookie would open. */
  @Options(['', 'window', 'complete'])
  @HttpCode(204)
  @ApiExcludeEndpoint()
  preflight(): void {
    // The guard has said what is allowed.
  }
}
