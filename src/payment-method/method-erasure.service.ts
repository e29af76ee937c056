import { Injectable } from '@nestjs/common';
import { BillingConfig } from '../config';
import { GatewayAccounts, type AccountPlaces } from '../gateway-account';
import { Gateways } from '../gateways';
import { messageOf } from '../kernel/errors';
import { NOTHING_DUE, ONE_DONE, ONE_POSTPONED, type OnClaimed, type StepReport } from '../kernel/step-report';
import { Clock, retryAt } from '../platform/clock';
import { crashPoint } from '../platform/crash-points';
import { Logger } from '../platform/logging';
import { PaymentMethodRepository, type EndedClaim } from './payment-method.repository';

/** Nobody waits for it. */
const BACK_OFF = { firstSeconds: 60, longestSeconds: 3_600 };

/**
 * Has gateways delete the payment methods that have ended here, and erases their secrets once they did: in this order, for it can't
 * be asked for without. May be repeated: what is gone is gone.
 */
@Injectable()
export class MethodErasure {
  private readonly places: AccountPlaces;

  constructor(
    private readonly methods: PaymentMethodRepository,
    private readonly gateways: Gateways,
    private readonly billing: BillingConfig,
    private readonly clock: Clock,
    private readonly logger: Logger,
    accounts: GatewayAccounts,
  ) {
    this.places = accounts.places('set-up');
  }

  async runOnce(claimed?: OnClaimed): Promise<StepReport> {
    const { leaseSeconds } = this.billing;
    const placed = await this.places.claim(
      (free) =>
        this.methods.claimToErase(
          this.clock.now(),
          leaseSeconds,
          free.map(({ id }) => id),
        ),
      ({ method }) => method.gatewayAccount,
    );
    if (placed === undefined) return NOTHING_DUE;
    claimed?.();
    return this.bring(placed.claim).finally(() => placed.leave());
  }

  private async bring(claim: EndedClaim): Promise<StepReport> {
    try {
      await crashPoint('erase-method.claimed');
      const why = await this.whyNotDeleted(claim);
      await crashPoint('erase-method.answered');
      if (why !== undefined) return await this.postpone(claim, why);
      const erased = { ciphertext: null, keyId: null, erasedAt: this.clock.now(), lastError: null };
      await this.methods.giveBack(claim, { ...erased, attempts: 0, nextAttemptAt: null });
      await crashPoint('erase-method.recorded');
      return ONE_DONE;
    } catch (error) {
      this.logger.warn('payment method not deleted', { paymentMethodId: claim.method.id, error });
      return this.postpone(claim, messageOf(error)).catch(() => ONE_POSTPONED);
    }
  }

  /** @returns `undefined` once the gateway has it no more */
  private async whyNotDeleted({ method }: EndedClaim): Promise<string | undefined> {
    const answer = await this.gateways
      .issuing(method.gateway)
      .remove(method.gatewayAccount, this.methods.secretOf(method));
    if (answer.kind === 'success' || (answer.kind === 'refused' && answer.notFound === true)) return undefined;
    return answer.kind === 'unknown' ? answer.message : (answer.resultCode ?? answer.resultMessage);
  }

  private async postpone(claim: EndedClaim, lastError: string): Promise<StepReport> {
    const attempts = claim.method.attempts + 1;
    if (attempts === this.billing.alarmAfterFailures) {
      const fields = { paymentMethodId: claim.method.id, attempts, reason: lastError };
      this.logger.error('the gateway does not delete a payment method: a person must look', fields);
    }
    const nextAttemptAt = retryAt(this.clock.now(), attempts, BACK_OFF);
    await this.methods.giveBack(claim, { attempts, nextAttemptAt, lastError });
    return ONE_POSTPONED;
  }
}
