import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { GatewayAccounts } from '../gateway-account';
import { KillSwitch } from '../kill-switch';
import { Clock, secondsAfter } from '../platform/clock';
import { crashPoint } from '../platform/crash-points';
import { Database, type SqlSession } from '../platform/database';
import { Batcher } from '../platform/work';
import type { ReadyCall } from './direct-payment-calls';
import { DirectPaymentOrigins } from './direct-payment-effects';
import { ACTOR, type SentPayment } from './direct-payment-recorder';
import type { DirectPayment } from './direct-payment.entity';
import { DirectPaymentRepository, RELEASED, type DirectPaymentClaim } from './direct-payment.repository';

/** Room for the token and the database around the longest call. */
const LEASE_MARGIN_SECONDS = 30;

/** A payment that somebody has, and the call that is ready to leave for it. */
interface Intent {
  readonly claim: DirectPaymentClaim;
  readonly call: ReadyCall;
}

/** What came of an intent: it is committed; or it is not, where whoever asked for the payment does not want it any more. */
export type BegunSending =
  | { readonly kind: 'sent'; readonly payment: SentPayment }
  /** Never sent, and canceled. */
  | { readonly kind: 'canceled' }
  /** Sent before, and as it was. */
  | { readonly kind: 'unwanted'; readonly reason: string };

/** Commits to sending payments, before the first byte of them leaves; those that are ready at the same time, together. */
@Injectable()
export class DirectPaymentIntents {
  private readonly together = new Batcher<Intent, BegunSending>((intents) =>
    this.database.transaction((session) => this.commit(session, intents)),
  );

  constructor(
    private readonly payments: DirectPaymentRepository,
    private readonly origins: DirectPaymentOrigins,
    private readonly killSwitch: KillSwitch,
    private readonly accounts: GatewayAccounts,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Commits the intent to send, under the key that the payment has once and for all.
   *
   * @param call how long it may take, with which secrets it goes, and what it is made from
   * @throws {DomainError} `submissions-stopped`, `gateway-account-unusable`, `line-stopped`; `state-conflict`, `lease-lost`
   */
  begin(claim: DirectPaymentClaim, call: ReadyCall): Promise<BegunSending> {
    return this.together.do({ claim, call });
  }

  private async commit(session: SqlSession, intents: readonly Intent[]): Promise<BegunSending[]> {
    await this.origins.assertRunning(
      session,
      intents.map(({ claim }) => claim.payment),
    );
    const payments = intents.map(({ claim }) => claim.payment);
    const withdrawn = await this.origins.withdrawn(session, payments.filter(isUnsent));
    for (const { claim } of intents) await this.cancel(session, claim, withdrawn.get(claim.payment.id));
    const unwanted = await this.origins.unwanted(
      session,
      payments.filter((payment) => !isUnsent(payment)),
    );
    const wanted = intents.filter(({ claim: { payment } }) => !withdrawn.has(payment.id) && !unwanted.has(payment.id));
    if (wanted.length > 0) await this.killSwitch.assertReleased(session);
    const accounts = new Set(wanted.map(({ claim }) => claim.payment.gatewayAccount));
    for (const account of accounts) await this.accounts.assertEnabled(session, account);
    const sendings = wanted.map(({ claim, call }) => ({ claim, call, as: this.sentAs(claim, call) }));
    await this.payments.transitionAll(
      session,
      'send',
      sendings.map(({ claim: { payment, leaseId }, call, as }) => ({
        payment,
        why: { cause: isUnsent(payment) ? 'sending begins' : 'the same call again', actor: ACTOR },
        changes: { ...as, leaseUntil: this.answeredBy(call), lastError: null, doubt: null, inDoubtSince: null },
        guard: { leaseId },
      })),
    );
    const sent = new Map(
      sendings.map(({ claim: { payment }, as }) => [
        payment.id,
        { ...payment, ...as, sentBefore: payment.sentAt, state: 'Sending' as const },
      ]),
    );
    return payments.map(({ id }) => {
      const payment = sent.get(id);
      if (payment !== undefined) return { kind: 'sent', payment };
      const reason = unwanted.get(id);
      return reason === undefined ? { kind: 'canceled' } : { kind: 'unwanted', reason };
    });
  }

  private sentAs({ payment }: DirectPaymentClaim, { prepared, reference }: ReadyCall) {
    const sealed = payment.referenceCiphertext === null ? this.payments.sealed(payment, reference) : {};
    const sentAt = payment.sentAt ?? this.clock.now();
    return { sendingId: randomUUID() as string, sentAt, sentBy: prepared.sentBy ?? null, ...sealed };
  }

  private answeredBy({ longestCallMs }: ReadyCall): Date {
    return secondsAfter(this.clock.now(), longestCallMs / 1000 + LEASE_MARGIN_SECONDS);
  }

  /** Ends one that was never sent, where there is a reason. */
  private async cancel(
    session: SqlSession,
    { payment, leaseId }: DirectPaymentClaim,
    reason: string | undefined,
  ): Promise<void> {
    if (reason === undefined) return;
    const cause = `withdrawn before it was sent: ${reason}`;
    const result = { resultCode: 'withdrawn', resultMessage: reason, endedAt: this.clock.now() };
    const changes = { ...RELEASED, ...result, nextAttemptAt: null, lastError: null };
    await this.payments.transition(session, payment, 'cancel', { cause, actor: ACTOR }, changes, { leaseId });
    await crashPoint('direct-payment.withdrawn');
  }
}

function isUnsent({ sentAt }: DirectPayment): boolean {
  return sentAt === null;
}
