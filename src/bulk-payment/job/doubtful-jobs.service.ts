import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Approvals, wordsOf, type Approval, type Person } from '../../approval';
import { ApprovalConfig } from '../../config';
import { DomainError } from '../../kernel/errors';
import { LineStopRepository, LineStops } from '../../line-stop';
import { COMPLETED_STATUS } from '../../gateways/tstore';
import { NotificationRepository } from '../../inbox';
import { Clock } from '../../platform/clock';
import { Database, violatesUnique, wakeBilling, type SqlSession } from '../../platform/database';
import type { BulkPaymentJob } from './bulk-payment-job.entity';
import { BulkPaymentJobRepository, RELEASED } from './bulk-payment-job.repository';
import { GatewayEvidence, type HeardOfJob } from '../checks/gateway-evidence';
import { CompletionService } from '../submission/completion.service';
import { isBeingSent, isInDoubt, failedAfterSending } from './doubt';

/** Who decides, and on what T store's word: both stay in the job's history. */
export interface DoubtDecision {
  actor: string;
  reason: string;
}

/** Who says what became of a job in doubt, and on what word of T store. */
export interface DoubtWord {
  by: Person;
  reason: string;
}

/** What is to be done with a job in doubt, as it is kept until a second person agrees. */
type DoubtAct = { do: 'close-as-not-accepted' } | { do: 'attach-gateway-job'; gatewayJobId: string };

/**
 * What a person decides of a submission in doubt, who has asked T store: that it has not got the job, or as which it has. A
 * wrong word charges everybody in it twice or never, so a second person must agree unless a setting says otherwise.
 */
@Injectable()
export class DoubtfulJobs implements OnModuleInit {
  constructor(
    private readonly jobs: BulkPaymentJobRepository,
    private readonly completion: CompletionService,
    private readonly notifications: NotificationRepository,
    private readonly stops: LineStopRepository,
    private readonly lineStops: LineStops,
    private readonly evidence: GatewayEvidence,
    private readonly approvals: Approvals,
    private readonly policy: ApprovalConfig,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.approvals.carriedOutBy('job-doubt', {
      carryOut: (session, approval, decision) => {
        const said = { actor: approval.requestedBy, reason: wordsOf(approval, decision) };
        return this.carryOut(session, approval.subjectId, approval.act as DoubtAct, said);
      },
    });
  }

  /**
   * Gives the job up: T store says that it has not got it. Its charges are billed again only by a rebill of the job. A
   * replica that still waits for an answer finds its claim gone.
   *
   * @returns what waits for a second person; `undefined` when none is needed and it is done
   * @throws {DomainError} `job-not-found`; `state-conflict` when the job is not in doubt; `evidence-contradicts` when T store
   *   was heard to have it; `approval-open`
   */
  async closeAsNotAccepted(id: string, word: DoubtWord): Promise<Approval | undefined> {
    const job = await this.found(id);
    if (!isInDoubt(job, this.clock.now())) throw this.notInDoubt(job);
    await this.evidence.assertNone(this.database, [id]);
    const what = { summary: `Give up job ${id}, as T store has not got it`, evidence: UNHEARD };
    return this.said(job, { do: 'close-as-not-accepted' }, what, word);
  }

  /**
   * States which gateway job it is, and the job goes on: with the notification that is here already, or the one to come. A
   * job that was closed, or refused, comes back. What bills its charges again and is not sent yet is canceled with it, because this
   * job collects them. An id that people attached to another job is taken from that one where the gateway was heard to say whose
   * it is: that one is in doubt again.
   *
   * @returns as {@link closeAsNotAccepted}
   * @throws {DomainError} `job-not-found`; `state-conflict` when the job is neither in doubt nor failed after it was sent;
   *   `gateway-job-taken` when the id is another job's; `evidence-contradicts` when T store was heard to have the job as another
   *   one, or another job as this one; `approval-open`
   */
  async attachGatewayJob(id: string, request: DoubtWord & { gatewayJobId: string }): Promise<Approval | undefined> {
    const { gatewayJobId, ...word } = request;
    const job = await this.found(id);
    if (!this.mayAttach(job)) throw this.notInDoubt(job);
    const heard = await this.evidence.assertIs(this.database, job, gatewayJobId);
    const holder = await this.jobs.withGatewayJob(job, gatewayJobId);
    assertYields(holder, heard, gatewayJobId);
    const said = heard === undefined ? UNHEARD : `${heard.source}, names it`;
    const evidence = holder === undefined ? said : `${said}; job ${holder.id} loses it and is in doubt again`;
    const what = { summary: `Go on with job ${id} as T store’s job ${gatewayJobId}`, evidence };
    return this.said(job, { do: 'attach-gateway-job', gatewayJobId }, what, word);
  }

  private async said(
    { id, lineCount: count, totalAmount: amount }: BulkPaymentJob,
    act: DoubtAct,
    { summary, evidence }: { summary: string; evidence: string },
    { by, reason }: DoubtWord,
  ): Promise<Approval | undefined> {
    return this.database.transaction(async (session) => {
      if (!this.policy.ofDoubt) {
        const said = { actor: by.actor, reason };
        await this.approvals.withdrawOf(session, 'job-doubt', id, said);
        await this.carryOut(session, id, act, said);
        return undefined;
      }
      const because = `a wrong word charges everybody in it twice, or never; ${evidence}`;
      const what = { kind: 'job-doubt', subjectId: id, act, summary, because, count, amount } as const;
      return this.approvals.require(session, { ...what, by, reason });
    });
  }

  private async carryOut(session: SqlSession, id: string, act: DoubtAct, decision: DoubtDecision): Promise<void> {
    await this.lineStops.withdrawOfJob(session, id, 'gateway-contradicts', decision);
    if (act.do === 'close-as-not-accepted') return this.close(session, await this.locked(session, id), decision);
    const { job, holder } = await this.lockedWithHolder(session, id, act.gatewayJobId);
    if (!this.mayAttach(job)) throw this.notInDoubt(job);
    const heard = await this.evidence.assertIs(session, job, act.gatewayJobId);
    assertYields(holder, heard, act.gatewayJobId);
    try {
      if (holder !== undefined) await this.detach(session, holder, job, decision);
      await this.attach(session, job, act.gatewayJobId, decision);
      const resolution = { ...decision, at: this.clock.now() };
      await this.stops.resolveOfJob(session, id, 'gateway-contradicts', resolution);
      // What was paid beside it is for the settlement log to tell from now on, where its own charges come to stand too.
      await this.stops.resolveByEvidence(session, 'period-paid-twice', { taken: { jobId: id } }, resolution);
      await this.goOn(session, id, act.gatewayJobId);
      await wakeBilling(session);
    } catch (error) {
      if (!violatesUnique(error, 'bulk_payment_job_gateway_job_once')) throw error;
      throw taken(act.gatewayJobId);
    }
  }

  private async close(session: SqlSession, job: BulkPaymentJob, decision: DoubtDecision): Promise<void> {
    if (!isInDoubt(job, this.clock.now())) throw this.notInDoubt(job);
    await this.evidence.assertNone(session, [job.id]);
    const failureReason = `closed as not accepted: ${decision.reason}`;
    const changes = { ...RELEASED, failedAt: this.clock.now(), failureReason };
    await this.jobs.transition(session, job, 'close', { cause: 'closed as not accepted', ...decision }, changes);
  }

  private mayAttach(job: BulkPaymentJob): boolean {
    return isAttached(job) || isInDoubt(job, this.clock.now()) || failedAfterSending(job);
  }

  private async found(id: string, session?: SqlSession): Promise<BulkPaymentJob> {
    const job = await this.jobs.find(id, session);
    if (job === undefined) throw new DomainError('job-not-found', `There is no bulk payment job ${id}`);
    return job;
  }

  private async locked(session: SqlSession, id: string): Promise<BulkPaymentJob> {
    const job = await this.jobs.lock(session, id);
    if (job === undefined) throw new DomainError('job-not-found', `There is no bulk payment job ${id}`);
    return job;
  }

  /** The job, and the one that has its id; locked in the order in which all jobs are. */
  private async lockedWithHolder(
    session: SqlSession,
    id: string,
    gatewayJobId: string,
  ): Promise<{ job: BulkPaymentJob; holder: BulkPaymentJob | undefined }> {
    const unlocked = await this.found(id, session);
    const holder = await this.jobs.withGatewayJob(unlocked, gatewayJobId, session);
    if (holder === undefined) return { job: await this.locked(session, id), holder };
    const [first, second] = await this.jobs.lockAll(session, [id, holder.id]);
    if (first === undefined || second === undefined) throw taken(gatewayJobId);
    const [job, other] = first.id === id ? [first, second] : [second, first];
    return { job, holder: other.gatewayJobId === gatewayJobId ? other : undefined };
  }

  /** Puts a job in doubt again whose id turned out to be that of another one. */
  private async detach(
    session: SqlSession,
    holder: BulkPaymentJob,
    job: BulkPaymentJob,
    decision: DoubtDecision,
  ): Promise<void> {
    const why = { cause: `gateway job ${holder.gatewayJobId} is job ${job.id}`, ...decision };
    await this.jobs.amend(session, holder, why, { ...RELEASED, gatewayJobId: null, gatewayJobAttachedAt: null });
  }

  private async attach(
    session: SqlSession,
    job: BulkPaymentJob,
    gatewayJobId: string,
    decision: DoubtDecision,
  ): Promise<void> {
    const why = { cause: `gateway job ${gatewayJobId} attached`, ...decision };
    const attached = { ...RELEASED, gatewayJobId, gatewayJobAttachedAt: this.clock.now() };
    if (isAttached(job) || isInDoubt(job, this.clock.now())) return this.jobs.amend(session, job, why, attached);
    await this.jobs.transition(session, job, 'reopen', why, { ...attached, failedAt: null, failureReason: null });
    await this.cancelUnsentRebills(session, job.id, decision);
  }

  /** Those that are sent go on: what they take from whom this job charges too is for the checks of the line to find. */
  private async cancelUnsentRebills(session: SqlSession, jobId: string, decision: DoubtDecision): Promise<void> {
    const why = { cause: `job ${jobId} was accepted after all`, ...decision };
    const rebills = await this.jobs.unsentRebillsOfPeriods(session, jobId);
    rebills.push(...(await this.jobs.rebillsOf(session, jobId)));
    for (const id of rebills) {
      const rebill = await this.jobs.lock(session, id);
      if (rebill?.state === 'Created') await this.jobs.cancel(session, rebill, why);
    }
  }

  /** Takes up the notifications of the job that came before anybody knew that they were its own. */
  private async goOn(session: SqlSession, id: string, gatewayJobId: string): Promise<void> {
    const job = await this.locked(session, id);
    if (await this.notifications.isVerified(session, job, COMPLETED_STATUS)) {
      await this.completion.verify(session, job, { gatewayJobId, completes: true });
    } else await this.notifications.makeDue(session, job);
  }

  private notInDoubt(job: BulkPaymentJob): DomainError {
    const why = isBeingSent(job, this.clock.now())
      ? 'is being sent just now'
      : job.gatewayJobId === null
        ? `is ${job.state}`
        : `is ${job.state}, as gateway job ${job.gatewayJobId}`;
    return new DomainError('state-conflict', `Job ${job.id} is not in doubt: it ${why}; nothing was changed`, {
      state: job.state,
    });
  }
}

/** For who is to agree: what they have beside the word of another person. */
const UNHEARD = 'nothing that T store has confirmed names it';

/** An id that a person named, a person may name anew. */
function isAttached({ state, gatewayJobAttachedAt }: BulkPaymentJob): boolean {
  return state === 'Processing' && gatewayJobAttachedAt !== null;
}

/**
 * Whether a job gives up the id it has: what a person gave it, the gateway itself takes away.
 *
 * @throws {DomainError} `gateway-job-taken`
 */
function assertYields(holder: BulkPaymentJob | undefined, heard: HeardOfJob | undefined, gatewayJobId: string): void {
  if (holder !== undefined && (heard === undefined || !isAttached(holder))) throw taken(gatewayJobId);
}

function taken(gatewayJobId: string): DomainError {
  return new DomainError('gateway-job-taken', `Another job is gateway job ${gatewayJobId}; nothing was changed`);
}
