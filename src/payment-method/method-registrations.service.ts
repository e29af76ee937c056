import { Injectable } from '@nestjs/common';
import { GatewayAccounts } from '../gateway-account';
import { Gateways } from '../gateways';
import { DomainError } from '../kernel/errors';
import { Clock, secondsAfter } from '../platform/clock';
import { Database } from '../platform/database';
import type { MethodRegistration, MethodRegistrationHistory } from './method-registration.entity';
import { MethodRegistrationRepository, type RegistrationFilter } from './method-registration.repository';
import { PaymentMethodRepository } from './payment-method.repository';

/** What the shop's server asks for. */
export interface RegistrationRequest {
  customerReference: string;
  gatewayAccount: string;
  /** The method whose place the new one is to take. */
  replaces?: string | undefined;
  returnUrl: string;
  expiresInMinutes: number;
  actor: string;
}

const MINUTE_SECONDS = 60;

/** Registrations of payment methods, as the shop's server opens and reads them. */
@Injectable()
export class MethodRegistrations {
  constructor(
    private readonly registrations: MethodRegistrationRepository,
    private readonly methods: PaymentMethodRepository,
    private readonly accounts: GatewayAccounts,
    private readonly gateways: Gateways,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Opens a registration, with a customer key of its own, before the gateway's window is shown.
   *
   * @throws {DomainError} `gateway-account-not-found`, `gateway-account-unusable`, `gateway-not-configured`; `gateway-cannot` where it
   *   issues no payment methods; `invalid-request` when the method to be replaced is another customer's, or has ended
   */
  async open(request: RegistrationRequest): Promise<MethodRegistration> {
    const { customerReference, gatewayAccount, replaces, returnUrl, actor } = request;
    const { gateway } = await this.accounts.require(gatewayAccount);
    this.gateways.issuing(gateway);
    if (replaces !== undefined) await this.assertReplaceable(replaces, customerReference);
    const expiresAt = secondsAfter(this.clock.now(), request.expiresInMinutes * MINUTE_SECONDS);
    const replacesId = replaces ?? null;
    const fields = { customerReference, gateway, gatewayAccount, replacesId, returnUrl, createdBy: actor, expiresAt };
    const why = { cause: 'opened', actor };
    return this.get(await this.database.transaction((session) => this.registrations.create(session, fields, why)));
  }

  /** @throws {DomainError} `method-registration-not-found` */
  async get(id: string): Promise<MethodRegistration> {
    const registration = await this.registrations.find(id);
    if (registration !== undefined) return registration;
    throw new DomainError('method-registration-not-found', `There is no registration ${id}`);
  }

  /** Newest first. */
  list(
    filter: RegistrationFilter,
    page: { beforeId: string | undefined; limit: number },
  ): Promise<MethodRegistration[]> {
    return this.registrations.list(filter, page);
  }

  history(id: string): Promise<MethodRegistrationHistory[]> {
    return this.registrations.history(id);
  }

  /** The token by which the customer's browser names it. */
  tokenOf(registration: MethodRegistration): string {
    return this.registrations.secretsOf(registration).token;
  }

  private async assertReplaceable(id: string, customerReference: string): Promise<void> {
    const method = await this.methods.find(id);
    const isTheirs = method?.customerReference === customerReference && method.kind !== 'billing-token';
    if (isTheirs && method.state !== 'Replaced') return;
    const faults = [
      { field: 'replaces', expected: 'the id of a payment method of this customer that was not replaced' },
    ];
    throw new DomainError('invalid-request', 'There is no such method to replace', { faults });
  }
}
