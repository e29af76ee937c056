import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { BillingConfig } from '../config';
import { GatewayAccounts, type AccountPlaces } from '../gateway-account';
import { Gateways, type IssuedMethod, type PaymentAnswer, type PreparedMethod } from '../gateways';
import { DomainError, messageOf } from '../kernel/errors';
import { NOTHING_DUE, ONE_DONE, ONE_POSTPONED, type OnClaimed, type StepReport } from '../kernel/step-report';
import { Clock, retryAt, secondsAfter } from '../platform/clock';
import { crashPoint } from '../platform/crash-points';
import { Database } from '../platform/database';
import { Logger } from '../platform/logging';
import { MethodEffects } from './method-effects';
import { MethodRegistrationRepository, RELEASED, type RegistrationClaim } from './method-registration.repository';
import { windowOrderNo } from './window-order-no';
import { PaymentMethodRepository } from './payment-method.repository';

const ACTOR = 'method-issuing';
/** A customer is waiting for it. */
const BACK_OFF = { firstSeconds: 5, longestSeconds: 600 };
/** Room for the database around the longest call. */
const LEASE_MARGIN_SECONDS = 30;
const HOUR_SECONDS = 3_600;

/**
 * Has payment methods issued that customers have entered. The call is made under the registration's own key until it is answered: a
 * lost answer is asked for again, and the gateway issues once.
 */
@Injectable()
export class MethodIssuing {
  private readonly places: AccountPlaces;

  constructor(
    private readonly registrations: MethodRegistrationRepository,
    private readonly methods: PaymentMethodRepository,
    private readonly effects: MethodEffects,
    private readonly gateways: Gateways,
    private readonly billing: BillingConfig,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly logger: Logger,
    accounts: GatewayAccounts,
  ) {
    this.places = accounts.places('set-up');
  }

  async runOnce(claimed?: OnClaimed): Promise<StepReport> {
    const placed = await this.places.claim(
      (free) => this.registrations.claim(this.billing.leaseSeconds, { accounts: free.map(({ id }) => id) }),
      ({ registration }) => registration.gatewayAccount,
    );
    if (placed === undefined) return NOTHING_DUE;
    claimed?.();
    return this.bring(placed.claim).finally(() => placed.leave());
  }

  /** Asks for this one now, for a customer who waits; where somebody else has it already, nothing is done. */
  async issueNow(id: string): Promise<void> {
    const claim = await this.registrations.claim(this.billing.leaseSeconds, { id });
    if (claim !== undefined) await this.bring(claim);
  }

  private async bring(claim: RegistrationClaim): Promise<StepReport> {
    const log = this.logger.child({ methodRegistrationId: claim.registration.id });
    try {
      await crashPoint('issue-method.claimed');
      if (this.isForgotten(claim)) {
        await this.fail(claim, 'never-answered', 'the gateway gave no answer while it would have known the call again');
        return ONE_DONE;
      }
      const prepared = await this.prepared(claim);
      const { longestCallMs } = this.gateways.issuing(claim.registration.gateway);
      const leaseUntil = secondsAfter(this.clock.now(), longestCallMs / 1000 + LEASE_MARGIN_SECONDS);
      await this.registrations.write(claim, { sentBy: prepared.sentBy ?? null, leaseUntil });
      await crashPoint('issue-method.intent-committed');
      const answer = await prepared.send();
      await crashPoint('issue-method.answered');
      const report = await this.record(claim, answer, log);
      await crashPoint('issue-method.recorded');
      return report;
    } catch (error) {
      log.warn('payment method not issued, or its answer not recorded', { error });
      await this.postpone(claim, messageOf(error)).catch(() => undefined);
      return ONE_POSTPONED;
    }
  }

  private prepared({ registration }: RegistrationClaim): Promise<PreparedMethod> {
    const { gateway, gatewayAccount: account, idempotencyKey, sentBy } = registration;
    const { customerKey, authKey, windows = {}, window = '' } = this.registrations.secretsOf(registration);
    if (authKey === undefined || idempotencyKey === null) {
      throw new DomainError('internal-error', `registration ${registration.id} has nothing to ask with`);
    }
    const same = sentBy === null ? {} : { sentBy };
    const named = { orderNo: windowOrderNo(registration.id, window), reference: windows[window] ?? null };
    return this.gateways.issuing(gateway).prepare({ account, authKey, customerKey, idempotencyKey, ...named, ...same });
  }

  private async record(
    claim: RegistrationClaim,
    answer: PaymentAnswer<IssuedMethod>,
    log: Logger,
  ): Promise<StepReport> {
    // Where the gateway would repeat its no for the key, another one; where it is still at it, the same.
    const next =
      answer.keyUsedUp === true ? { idempotencyKey: randomUUID(), sentBy: null } : this.unsentBy(claim, answer);
    switch (answer.kind) {
      case 'success':
        await this.store(claim, answer.value);
        return ONE_DONE;
      case 'declined':
        await this.fail(claim, answer.resultCode, answer.resultMessage);
        return ONE_DONE;
      case 'refused': {
        const code = answer.resultCode ?? `HTTP ${answer.httpStatus}`;
        if (!answer.unauthorized && answer.notNow !== true) {
          await this.fail(claim, code, answer.resultMessage);
          return ONE_DONE;
        }
        if (answer.unauthorized) log.error('the gateway knows our credentials not: registrations wait', { code });
        await this.postpone(claim, code, next);
        return ONE_POSTPONED;
      }
      case 'unknown':
        log.warn('payment method in doubt: it is asked for again', { reason: answer.message });
        await this.postpone(claim, answer.message, next);
        return ONE_POSTPONED;
    }
  }

  /** Stores the method; where it takes another's place, all that is paid by that moves along in the same transaction. */
  private async store({ registration, leaseId }: RegistrationClaim, issued: IssuedMethod): Promise<void> {
    const { customerReference, gateway, gatewayAccount, replacesId } = registration;
    const { methodKey, customerKey, label } = issued;
    const at = this.clock.now();
    const why = { cause: 'registered by the customer', actor: ACTOR, at };
    const { kind } = this.gateways.issuing(gateway);
    const method = { customerReference, gateway, gatewayAccount, kind, label, createdAt: at };
    await this.database.transaction(async (session) => {
      const id = await this.methods.create(session, method, { methodKey, customerKey }, why);
      if (replacesId !== null) {
        const replaced = { ...why, cause: `replaced by payment method ${id}` };
        await this.effects.replaced(session, replacesId, id, replaced);
        const before = await this.methods.lock(session, replacesId);
        if (before?.endedAt === null) await this.methods.move(session, before, 'replace', replaced);
      }
      await this.registrations.end(session, registration, 'issue', why, { paymentMethodId: id }, leaseId);
      await crashPoint('issue-method.before-commit');
    });
  }

  private async fail({ registration, leaseId }: RegistrationClaim, code: string, message: string): Promise<void> {
    const why = { cause: `refused: ${code}`, actor: ACTOR, reason: message };
    const changes = { failureCode: code, failureMessage: message };
    await this.database.transaction((session) =>
      this.registrations.end(session, registration, 'fail', why, changes, leaseId),
    );
  }

  private async postpone(
    claim: RegistrationClaim,
    lastError: string,
    changes: { idempotencyKey?: string; sentBy?: null } = {},
  ): Promise<void> {
    const attempts = claim.registration.attempts + 1;
    if (attempts === this.billing.alarmAfterFailures) {
      const fields = { methodRegistrationId: claim.registration.id, attempts, reason: lastError };
      this.logger.error('registration keeps waiting: a person must look', fields);
    }
    const nextAttemptAt = retryAt(this.clock.now(), attempts, BACK_OFF);
    await this.registrations.write(claim, { ...RELEASED, attempts, nextAttemptAt, lastError, ...changes });
  }

  /** Where there is no key, what was certainly not done may be sent anew as if it had never been. */
  private unsentBy(
    { registration: { gateway } }: RegistrationClaim,
    answer: PaymentAnswer<IssuedMethod>,
  ): { sentBy?: null } {
    const isUndone = answer.kind === 'refused' || (answer.kind === 'unknown' && !answer.mayHaveArrived);
    return isUndone && this.gateways.issuing(gateway).sameCallForHours === 0 ? { sentBy: null } : {};
  }

  /** Whether the gateway may have forgotten the key: the same call would then be another one. */
  private isForgotten({ registration: { gateway, returnedAt, sentBy } }: RegistrationClaim): boolean {
    const { sameCallForHours } = this.gateways.issuing(gateway);
    if (sameCallForHours === 0) return sentBy !== null;
    return returnedAt !== null && this.clock.now() >= secondsAfter(returnedAt, sameCallForHours * HOUR_SECONDS);
  }
}
