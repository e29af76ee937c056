import { Body, Get, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { HttpConfig } from '../../config';
import { MethodRegistrations } from '../../payment-method';
import { Actor, Scope } from '../access';
import { AuditView } from '../audit';
import { AdminController } from '../frame/admin-controller';
import { IdParameter } from '../frame/body-fields';
import { stateChangeViewOf } from '../frame/history.view';
import { pageOf, type Page } from '../frame/page';
import { ListOf } from '../lists';
import { NewRegistrationBody, RegistrationListQuery } from './payment-methods.dto';
import {
  NewRegistrationView,
  RegistrationDetailView,
  RegistrationView,
  registrationViewOf,
} from './payment-methods.view';

/** Customers on their way to a payment method, through a gateway's own window. */
@AdminController('payment-method-registrations')
export class RegistrationsController {
  constructor(
    private readonly registrations: MethodRegistrations,
    private readonly http: HttpConfig,
  ) {}

  @Post()
  @Scope('payment-methods:manage')
  @ApiOperation({ summary: 'Let a customer register a payment method in the gateway’s window' })
  @ApiCreatedResponse({ type: NewRegistrationView })
  async open(@Body() body: NewRegistrationBody, @Actor() actor: string): Promise<NewRegistrationView> {
    const registration = await this.registrations.open({ ...body, actor });
    const checkoutToken = this.registrations.tokenOf(registration);
    const windowUrl = `${this.http.publicBaseUrl}/checkout/v1/registrations/${checkoutToken}/window`;
    return { ...registrationViewOf(registration), checkoutToken, windowUrl };
  }

  @Get()
  @Scope('payment-methods:read')
  @ListOf(RegistrationView)
  @ApiOperation({ summary: 'Registrations of payment methods, newest first' })
  async list(@Query() { cursor, limit, ...filter }: RegistrationListQuery): Promise<Page<RegistrationView>> {
    const found = await this.registrations.list(filter, { beforeId: cursor, limit });
    return pageOf(found.map(registrationViewOf), limit, (registration) => registration.id);
  }

  @Get(':id')
  @Scope('payment-methods:read')
  @ApiOperation({ summary: 'A registration, with the history of its states' })
  @ApiOkResponse({ type: RegistrationDetailView })
  async get(@Param() { id }: IdParameter): Promise<RegistrationDetailView> {
    return { ...(await this.viewOf({ id })), history: (await this.registrations.history(id)).map(stateChangeViewOf) };
  }

  @AuditView()
  async viewOf({ id }: IdParameter): Promise<RegistrationView> {
    return registrationViewOf(await this.registrations.get(id));
  }
}
