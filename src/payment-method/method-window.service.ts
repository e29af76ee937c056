import { Injectable } from '@nestjs/common';
import { HttpConfig } from '../config';
import { Gateways, type CheckoutWindow } from '../gateways';
import { DomainError } from '../kernel/errors';
import { Clock } from '../platform/clock';
import { crashPoint } from '../platform/crash-points';
import { constantTimeEquals } from '../platform/crypto';
import { Database, wakeBilling } from '../platform/database';
import { MethodIssuing } from './method-issuing.service';
import type { MethodRegistration } from './method-registration.entity';
import { MethodRegistrationRepository } from './method-registration.repository';

const ACTOR = 'checkout';

/** What came back from the window, by the customer's browser: nothing of it is believed. */
export interface MethodReturn {
  customerKey: string;
  /** The window's own key of what the customer entered; good once. */
  authKey: string;
}

/** A registration as a customer's browser uses it, by a token that nobody can guess. */
@Injectable()
export class MethodWindow {
  constructor(
    private readonly registrations: MethodRegistrationRepository,
    private readonly issuing: MethodIssuing,
    private readonly gateways: Gateways,
    private readonly http: HttpConfig,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** @throws {DomainError} `method-registration-not-found` */
  async registration(token: string): Promise<MethodRegistration> {
    const registration = await this.registrations.findByToken(token);
    if (registration !== undefined) return registration;
    throw new DomainError('method-registration-not-found', 'There is no such registration');
  }

  /**
   * What a page needs to open the gateway's window; as often as it is asked for.
   *
   * @throws {DomainError} `method-registration-not-found`; `registration-over` once something came back, or its time is over
   */
  async open(token: string): Promise<CheckoutWindow> {
    const registration = await this.registration(token);
    this.assertOpen(registration);
    const at = `${this.http.publicBaseUrl}/checkout/v1/registrations/${token}`;
    return this.gateways.issuing(registration.gateway).window({
      account: registration.gatewayAccount,
      customerKey: this.registrations.secretsOf(registration).customerKey,
      successUrl: `${at}/return`,
      failUrl: `${at}/fail`,
    });
  }

  /**
   * Has the method issued that the customer entered, once, however often and at once it comes back. The customer key is held against
   * the registration's first: another one issues nothing.
   *
   * @returns the registration as it is then: Issued, Failed, or Issuing while the gateway has not answered
   * @throws {DomainError} `method-registration-not-found`; `return-mismatch`; `registration-over`
   */
  async complete(token: string, { customerKey, authKey }: MethodReturn): Promise<MethodRegistration> {
    const { id } = await this.registration(token);
    const isTaken = await this.database.transaction(async (session) => {
      const registration = await this.registrations.lock(session, id);
      if (registration === undefined) throw new DomainError('internal-error', `registration ${id} is gone`);
      if (!constantTimeEquals(customerKey, this.registrations.secretsOf(registration).customerKey)) throw mismatch();
      // Again: the first one counts, and this one sees what became of it.
      if (registration.returnedAt !== null) return false;
      this.assertOpen(registration);
      await this.registrations.takeReturn(session, registration, authKey, { cause: 'returned', actor: ACTOR });
      await wakeBilling(session);
      await crashPoint('register-method.before-commit');
      return true;
    });
    if (isTaken) {
      await crashPoint('register-method.committed');
      await this.issuing.issueNow(id);
    }
    return this.registration(token);
  }

  private assertOpen({ state, expiresAt }: MethodRegistration): void {
    if (state === 'Open' && expiresAt > this.clock.now()) return;
    const how = state === 'Open' || state === 'Expired' ? 'its time is over' : `it is ${state}`;
    throw new DomainError('registration-over', `Nothing can be registered here any more: ${how}`, { state });
  }
}

function mismatch(): DomainError {
  const faults = [{ field: 'customerKey', expected: 'as the registration has it' }];
  return new DomainError('return-mismatch', 'What came back is of another customer; nothing was registered', {
    faults,
  });
}
