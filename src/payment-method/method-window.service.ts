import { Injectable } from '@nestjs/common';
import { HttpConfig } from '../config';
import { randomBytes } from 'node:crypto';
import { GATEWAY_TITLES, Gateways, whyNotOpened, type CheckoutWindow } from '../gateways';
import { DomainError, type ErrorDetails } from '../kernel/errors';
import { Clock } from '../platform/clock';
import { crashPoint } from '../platform/crash-points';
import { constantTimeEquals } from '../platform/crypto';
import { Database, wakeBilling, type SqlSession } from '../platform/database';
import { Logger } from '../platform/logging';
import { MethodIssuing } from './method-issuing.service';
import type { MethodRegistration } from './method-registration.entity';
import { MethodRegistrationRepository } from './method-registration.repository';
import { windowOrderNo } from './window-order-no';

const ACTOR = 'checkout';

/** What came back from the window, by the customer's browser: nothing of it is believed. */
export interface MethodCameBack {
  /** Of the registration's windows, where the address says which. */
  window?: string | undefined;
  /** By the gateway's own names. */
  brought: Readonly<Record<string, unknown>>;
}

/** Far more than a customer who changes their mind; a page that opens them by itself ends here. */
const MOST_WINDOWS = 50;

const WINDOW_BYTES = 8;

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
    private readonly logger: Logger,
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
   * @throws {DomainError} `method-registration-not-found`; `registration-over` once something came back, or its time is over;
   *   `window-not-opened` where the gateway does not open one
   */
  async open(token: string): Promise<CheckoutWindow> {
    const registration = await this.registration(token);
    this.assertOpen(registration);
    const at = `${this.http.publicBaseUrl}/checkout/v1/registrations/${token}`;
    const { customerKey, windows = {} } = this.registrations.secretsOf(registration);
    if (Object.keys(windows).length >= MOST_WINDOWS) throw over('too many windows were opened');
    const name = randomBytes(WINDOW_BYTES).toString('hex');
    const answer = await this.gateways.issuing(registration.gateway).window({
      account: registration.gatewayAccount,
      ...{ customerKey, orderNo: windowOrderNo(registration.id, name) },
      ...{ successUrl: `${at}/return`, failUrl: `${at}/fail` },
      ...{ ownSuccessUrl: `${at}/windows/${name}/return`, ownFailUrl: `${at}/windows/${name}/fail` },
    });
    if (answer.kind !== 'success') {
      const { code, said } = whyNotOpened(answer);
      this.logger.warn('no window was opened', { methodRegistrationId: registration.id, code, said });
      const title = GATEWAY_TITLES[registration.gateway];
      throw new DomainError(
        'window-not-opened',
        `${title} opened no window (${code}); nothing was registered, try again`,
      );
    }
    const { window, reference } = answer.value;
    if (reference !== null) await this.keep(registration.id, name, reference);
    return window;
  }

  /** Before any browser has it. */
  private async keep(id: string, window: string, reference: string): Promise<void> {
    await this.database.transaction(async (session) => {
      const registration = await this.locked(session, id);
      this.assertOpen(registration);
      await this.registrations.nameWindow(session, registration, window, reference);
    });
  }

  private async locked(session: SqlSession, id: string): Promise<MethodRegistration> {
    const registration = await this.registrations.lock(session, id);
    if (registration === undefined) throw new DomainError('internal-error', `registration ${id} is gone`);
    return registration;
  }

  /**
   * Has the method issued that the customer entered, once, however often and at once it comes back. The customer key is held against
   * the registration's first: another one issues nothing.
   *
   * @returns the registration as it is then: Issued, Failed, or Issuing while the gateway has not answered
   * @throws {DomainError} `method-registration-not-found`; `return-mismatch`; `registration-over`
   */
  async complete(token: string, { window, brought }: MethodCameBack): Promise<MethodRegistration> {
    const { id, gateway } = await this.registration(token);
    const back = this.gateways.issuing(gateway).returned(brought);
    if (back === undefined) throw unreadable();
    const isTaken = await this.database.transaction(async (session) => {
      const registration = await this.locked(session, id);
      const { customerKey, windows = {} } = this.registrations.secretsOf(registration);
      if (back.customerKey !== undefined && !constantTimeEquals(back.customerKey, customerKey)) throw mismatch();
      // Again: the first one counts, and this one sees what became of it.
      if (registration.returnedAt !== null) return false;
      // Whose gateway says nothing of the customer comes back to an address of its window's own.
      const isNamed = window !== undefined && Object.hasOwn(windows, window);
      if (back.customerKey === undefined && !isNamed) throw mismatch();
      this.assertOpen(registration);
      const returned = { authKey: back.authKey, ...(isNamed && { window }) };
      await this.registrations.takeReturn(session, registration, returned, { cause: 'returned', actor: ACTOR });
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
    throw over(state === 'Open' || state === 'Expired' ? 'its time is over' : `it is ${state}`, { state });
  }
}

function over(how: string, details: ErrorDetails = {}): DomainError {
  return new DomainError('registration-over', `Nothing can be registered here any more: ${how}`, details);
}

function unreadable(): DomainError {
  return new DomainError(
    'invalid-request',
    'What came back is nothing that the gateway’s window brings; nothing was registered',
  );
}

function mismatch(): DomainError {
  const faults = [{ field: 'customerKey', expected: 'as the registration has it' }];
  return new DomainError('return-mismatch', 'What came back is of another customer; nothing was registered', {
    faults,
  });
}
