import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Approvals, wordsOf, type Approval, type ApprovalDecision, type Person } from '../approval';
import { ApprovalConfig } from '../config';
import { DomainError } from '../kernel/errors';
import { wonInWords } from '../kernel/won';
import { Database, violatesUnique, wakeBilling, type SqlSession } from '../platform/database';
import { DirectPaymentLooks } from './direct-payment-looks';
import { PAYMENT_BY_DECISION } from '../charge';
import { DirectPaymentRecorder } from './direct-payment-recorder';
import type { DirectPayment } from './direct-payment.entity';
import { DirectPaymentRepository } from './direct-payment.repository';
import { DirectPaymentWatch } from './direct-payment-watch';
import { supporting, type SaidOutcome } from './payment-evidence';

/** What somebody says became of a payment in doubt. */
export interface PaymentWord extends SaidOutcome {
  reason: string;
  by: Person;
  /** The only version it may be decided in, when there is one. */
  version?: string | undefined;
}

/** What a person decides of a payment that neither the same call nor lookups could tell. */
@Injectable()
export class DirectPaymentDecisions implements OnModuleInit {
  constructor(
    private readonly payments: DirectPaymentRepository,
    private readonly recorder: DirectPaymentRecorder,
    private readonly looks: DirectPaymentLooks,
    private readonly watch: DirectPaymentWatch,
    private readonly approvals: Approvals,
    private readonly policy: ApprovalConfig,
    private readonly database: Database,
  ) {}

  onModuleInit(): void {
    this.approvals.carriedOutBy('payment-doubt', {
      prepare: (approval, decision) => this.lookBefore(approval, decision),
      carryOut: (session, approval, decision) => this.endApproved(session, approval, decision),
    });
  }

  /**
   * Has one in doubt, or that waits for a deposit, looked up at once; and asks about one that ended unpaid, which stops the line where
   * the gateway has it as paid.
   *
   * @throws {DomainError} `direct-payment-not-found`; `state-conflict` in any other state; of one that ended, as `FindsOrders.findByOrder`
   */
  async lookAgain(id: string, actor: string): Promise<void> {
    const payment = await this.payments.get(id);
    if (payment.state === 'Declined') {
      await this.watch.lookNow(payment, actor);
      return;
    }
    if (!(await this.payments.makeDue(id))) throw notInDoubt(payment);
    await this.database.transaction((session) => wakeBilling(session));
  }

  /**
   * Says what became of a payment; nothing is sent. The gateway is asked first, and again when the second person agrees, and no word
   * stands that it does not support. A wrong word gives away what was not paid, or takes money twice, so a second person must agree
   * unless a setting says otherwise.
   *
   * @returns what waits for the second person; `undefined` when none is needed and it has ended
   * @throws {DomainError} `direct-payment-not-found`; `state-conflict` unless it is in doubt; `version-conflict`;
   *   `transaction-id-missing`; `lookup-required` when the gateway does not tell; `evidence-contradicts` when it has it otherwise;
   *   `transaction-settled`; `approval-open`
   */
  async resolve(id: string, { reason, by, version, ...said }: PaymentWord): Promise<Approval | undefined> {
    const payment = await this.payments.get(id);
    if (payment.state !== 'Unknown') throw notInDoubt(payment);
    if (version !== undefined && version !== payment.version) {
      throw new DomainError('version-conflict', `Direct payment ${id} was changed since you read it`);
    }
    if (said.outcome === 'paid' && said.transactionId === undefined) {
      throw new DomainError('transaction-id-missing', 'A payment that is paid has a transaction; state transactionId');
    }
    const seen = supporting(payment, said, await this.looks.ask(payment, by.actor, said.transactionId));
    return this.database.transaction(async (session) => {
      if (!this.policy.ofDoubt) {
        await this.approvals.withdrawOf(session, 'payment-doubt', id, { actor: by.actor, reason });
        await this.end(session, payment, said, { actor: by.actor, reason });
        return undefined;
      }
      const { orderNo, amount } = payment;
      return this.approvals.require(session, {
        ...{ kind: 'payment-doubt', subjectId: id, by, reason, count: 1, amount },
        act: { outcome: said.outcome, ...(said.transactionId !== undefined && { transactionId: said.transactionId }) },
        summary: `Record order ${orderNo} (${wonInWords(amount)}) as ${said.outcome}; the gateway: ${seen}`,
        because:
          'nobody knows whether it was taken; a wrong word gives away what was not paid, or keeps what was taken',
      });
    });
  }

  /** What it said when the first person asked may have changed since. */
  private async lookBefore({ subjectId, act }: Approval, { by }: ApprovalDecision): Promise<void> {
    const payment = await this.payments.get(subjectId);
    if (payment.state !== 'Unknown') return;
    const said = act as unknown as SaidOutcome;
    supporting(payment, said, await this.looks.ask(payment, by.actor, said.transactionId));
  }

  private async endApproved(session: SqlSession, approval: Approval, decision: ApprovalDecision): Promise<void> {
    const payment = await this.payments.lock(session, approval.subjectId);
    if (payment?.state !== 'Unknown') {
      throw new DomainError('state-conflict', `Direct payment ${approval.subjectId} is not in doubt any more`);
    }
    const why = { actor: approval.requestedBy, reason: wordsOf(approval, decision) };
    const said = approval.act as unknown as SaidOutcome;
    supporting(payment, said, await this.looks.latest(session, payment.id));
    await this.end(session, payment, said, why);
  }

  private async end(
    session: SqlSession,
    payment: DirectPayment,
    { outcome, transactionId }: SaidOutcome,
    { actor, reason }: { actor: string; reason: string },
  ): Promise<void> {
    const end = { code: PAYMENT_BY_DECISION, message: reason, transactionId: transactionId ?? null };
    const why = { cause: `decided: ${outcome}`, actor, reason };
    const event = outcome === 'paid' ? 'pay' : 'decline';
    try {
      await this.recorder.end(session, payment, event, end, why, { version: payment.version });
    } catch (error) {
      if (!violatesUnique(error, 'settlement_transaction_once')) throw error;
      const message = `Transaction ${transactionId} settled another charge; nothing was changed`;
      throw new DomainError('transaction-settled', message, { directPaymentId: payment.id });
    }
    await wakeBilling(session);
  }
}

function notInDoubt({ id, state }: DirectPayment): DomainError {
  return new DomainError('state-conflict', `Direct payment ${id} is ${state} and not in doubt; nothing was changed`, {
    directPaymentId: id,
  });
}
