import { Injectable } from '@nestjs/common';
import { ApprovalConfig } from '../config';
import { DomainError } from '../kernel/errors';
import type { Won } from '../kernel/won';
import { Clock, secondsAfter } from '../platform/clock';
import { Database, violatesUnique, wakeBilling, type SqlSession } from '../platform/database';
import { whyNotAnother, type NotAnother, type Person } from './another-person';
import type { Approval, ApprovalHistory } from './approval.entity';
import { ApprovalRepository, decidedAlready, type ApprovalCause, type ApprovalPage } from './approval.repository';
import type { ApprovalKind } from './approval.state';

/** Something that is to be done once a second person agrees. */
export interface ApprovalRequest {
  kind: ApprovalKind;
  /** Of what it is about; one approval waits for each subject of a kind. */
  subjectId: string;
  /** What is to be done, as {@link ApprovedAct.carryOut} will read it; kept as JSON. */
  act?: Record<string, string>;
  /** The same in words, with all that whoever decides must know. */
  summary: string;
  /** Why it needs a second person. */
  because: string;
  count?: number;
  amount?: Won;
  by: Person;
  /** Why, in the words of whoever asks. */
  reason?: string;
  /** Waits for ever: what waits is the service's own work, and nothing is lost by waiting. */
  neverExpires?: boolean;
}

/** Who decides on an approval, and why. */
export interface ApprovalDecision {
  by: Person;
  reason: string;
  /** The only version of the approval it may be decided in, when there is one. */
  version?: string | undefined;
  /** The only version of its subject it may be carried out on, when there is one. */
  subjectVersion?: string | undefined;
}

/** What a room does when a second person has decided. But for `prepare` it runs in the transaction that records the decision. */
export interface ApprovedAct {
  /** Asks a gateway what it must know then, with no transaction open; left out: nothing. Changes nothing by itself. */
  prepare?(approval: Approval, decision: ApprovalDecision): Promise<void>;
  /**
   * Does it. The subject may have changed since it was asked for, so everything is checked again, under its lock.
   *
   * @throws {DomainError} when it can't be done any more; then nothing is recorded, and the approval goes on waiting unless
   *   the error says that the subject has ended otherwise (`state-conflict` and the like)
   */
  carryOut(session: SqlSession, approval: Approval, decision: ApprovalDecision): Promise<void>;
  /** What follows when it was rejected, withdrawn or has expired; left out: nothing. A subject that moved on stays as it is. */
  turnDown?(session: SqlSession, approval: Approval, why: ApprovalCause, decision?: ApprovalDecision): Promise<void>;
}

/** The subject ended another way while the approval waited: it has nothing to wait for. */
const OVERTAKEN = ['state-conflict', 'charge-settled', 'transaction-settled', 'outside-refund-recorded'];

/**
 * The one way in which something waits for a second person, whatever it is. How a room uses it:
 *
 * 1. When its module begins it says who does what was approved: `approvals.carriedOutBy('upload', { carryOut, turnDown })`.
 * 2. Where its policy says that an act needs a second person, it does nothing but `await approvals.require(session, …)`, in
 *    the transaction that stores what is held, if something is. Over HTTP that is a 202 with the approval.
 * 3. Where the subject ends by another act, that act first calls `withdrawOf(session, kind, subjectId, why)`: before it
 *    locks the subject, because approving locks in this order.
 *
 * Who may decide, by when, and what is kept of it, is the same for all and told here: nobody else decides it.
 */
@Injectable()
export class Approvals {
  private readonly acts = new Map<ApprovalKind, ApprovedAct>();

  constructor(
    private readonly approvals: ApprovalRepository,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly config: ApprovalConfig,
  ) {}

  /** Says who does what was approved of a kind; each kind is one room's. */
  carriedOutBy(kind: ApprovalKind, act: ApprovedAct): void {
    this.acts.set(kind, act);
  }

  /**
   * Has an act wait for a second person. Takes no lock on its subject, and neither may the caller hold one.
   *
   * @throws {DomainError} `approval-open` while another one waits for the same subject
   */
  async require(session: SqlSession, request: ApprovalRequest): Promise<Approval> {
    const { by, act = {}, count = null, amount = null, reason = null, neverExpires, ...what } = request;
    const requestedAt = this.clock.now();
    const expiresAt = neverExpires === true ? null : secondsAfter(requestedAt, this.config.expiresAfterHours * 3_600);
    const asker = { requestedBy: by.actor, requestedByOwner: by.owner, requestedByKeyId: by.keyId };
    try {
      const fields = { ...what, ...asker, act, count, amount, reason, requestedAt, expiresAt };
      return await this.got(await this.approvals.create(session, fields), session);
    } catch (error) {
      if (!violatesUnique(error, 'approval_waiting_once')) throw error;
      throw alreadyOpen(request.kind, request.subjectId);
    }
  }

  /**
   * For an act that needs a second person only sometimes: what one was asked about is not done meanwhile without one.
   *
   * @throws {DomainError} `approval-open`
   */
  async assertNoneWaits(session: SqlSession, kind: ApprovalKind, subjectId: string): Promise<void> {
    if ((await this.approvals.findWaiting(kind, subjectId, session)) !== undefined) throw alreadyOpen(kind, subjectId);
  }

  /** @throws {DomainError} `approval-not-found` */
  get(id: string): Promise<Approval> {
    return this.got(id, this.database);
  }

  /** Newest first. */
  list(page: ApprovalPage): Promise<Approval[]> {
    return this.approvals.list(page);
  }

  /** Changes of state, oldest first. */
  history(id: string): Promise<ApprovalHistory[]> {
    return this.approvals.history(id);
  }

  /** What waits for a second person to decide on a subject. @throws {DomainError} `state-conflict` when nothing does */
  async waitingOf(kind: ApprovalKind, subjectId: string): Promise<Approval> {
    const waiting = await this.approvals.findWaiting(kind, subjectId);
    if (waiting !== undefined) return waiting;
    throw new DomainError('state-conflict', `Nothing of ${kind} ${subjectId} waits for a second person`);
  }

  /**
   * Agrees as a second person, and has the act carried out in the same transaction; of several who decide at once, one does.
   *
   * @throws {DomainError} `approval-not-found`; `scope-missing` for a role that may not approve; `second-person-required`
   *   for whoever asked, with whatever key; `approval-expired`; `state-conflict`; `version-conflict`; and whatever keeps
   *   the act from being done
   */
  async approve(id: string, decision: ApprovalDecision): Promise<Approval> {
    const { by, reason } = decision;
    this.assertMayDecide(by);
    await this.prepare(await this.get(id), decision);
    try {
      await this.database.transaction(async (session) => {
        const approval = await this.lockWaiting(session, id, decision);
        const at = this.clock.now();
        if (approval.expiresAt !== null && approval.expiresAt <= at) throw expired(approval);
        await this.assertAnother(session, approval, by);
        const why = { cause: 'approved by a second person', actor: by.actor, reason, at };
        await this.approvals.transition(session, approval, 'approve', why, by);
        await this.actOf(approval.kind).carryOut(session, await this.got(id, session), decision);
        await wakeBilling(session);
      });
    } catch (error) {
      if (error instanceof DomainError && OVERTAKEN.includes(error.code)) await this.noteOvertaken(id, error.message);
      throw error;
    }
    return this.get(id);
  }

  /**
   * For a room that knows who made it necessary to ask: they are not the second person either, with whatever key.
   *
   * @param actor who did it, as a history names them
   * @param did what they did, as it follows “must approve it: such a person …”
   * @throws {DomainError} `second-person-required`
   */
  async assertDidNot(session: SqlSession, actor: string, did: string, by: Person): Promise<void> {
    const keyId = KEY_OF_ACTOR.exec(actor)?.[1] ?? null;
    const doer = await this.approvals.holder(session, { keyId, owner: actor });
    const decides = await this.approvals.holder(session, by);
    // When the key of who decides was made says nothing here: what was done may be years ago.
    const why = whyNotAnother({ ...doer, at: decides.madeAt ?? this.clock.now() }, decides, this.config.byBootstrapKey);
    if (why === undefined) return;
    throw new DomainError('second-person-required', `Somebody else must approve it: ${actor} ${did}`);
  }

  /** Nobody is asked for what can't be done: it is refused as it would be without. */
  private async prepare(approval: Approval, decision: ApprovalDecision): Promise<void> {
    const isOver = approval.expiresAt !== null && approval.expiresAt <= this.clock.now();
    if (approval.state !== 'Waiting' || isOver) return;
    await this.actOf(approval.kind).prepare?.(approval, decision);
  }

  /**
   * Says no. Nothing is done, so that whoever asked may say so too.
   *
   * @throws {DomainError} `approval-not-found`, `scope-missing`, `state-conflict`, `version-conflict`
   */
  async reject(id: string, decision: ApprovalDecision): Promise<Approval> {
    this.assertMayDecide(decision.by);
    return this.turnDown(id, 'reject', 'rejected', decision);
  }

  /**
   * Takes back what one has asked for.
   *
   * @throws {DomainError} `approval-not-found`; `not-yours` for anybody else; `state-conflict`, `version-conflict`
   */
  async withdraw(id: string, decision: ApprovalDecision): Promise<Approval> {
    const { requestedByOwner } = await this.get(id);
    if (requestedByOwner !== decision.by.owner) {
      throw new DomainError('not-yours', `${requestedByOwner} asked for it; reject it instead`);
    }
    return this.turnDown(id, 'withdraw', 'withdrawn', decision);
  }

  /** Ends what waits for a subject that is about to end otherwise, in that transaction and before its lock. */
  async withdrawOf(
    session: SqlSession,
    kind: ApprovalKind,
    subjectId: string,
    why: Pick<ApprovalCause, 'actor' | 'reason'>,
  ): Promise<void> {
    const waiting = await this.approvals.findWaiting(kind, subjectId, session);
    const locked = waiting && (await this.approvals.lock(session, waiting.id));
    if (locked?.state !== 'Waiting') return;
    const cause = { cause: 'decided otherwise', ...why, at: this.clock.now() };
    await this.approvals.transition(session, locked, 'withdraw', cause);
  }

  /** Ends the oldest that nobody decided on in time. @returns whether there was one */
  async expireNext(session: SqlSession): Promise<boolean> {
    const at = this.clock.now();
    const approval = await this.approvals.lockOverdue(session, at);
    if (approval === undefined) return false;
    const reason = `nobody decided by ${approval.expiresAt?.toISOString()}`;
    const why = { cause: 'expired', actor: 'billing-scheduler', reason, at };
    await this.approvals.transition(session, approval, 'expire', why);
    await this.actOf(approval.kind).turnDown?.(session, approval, why);
    return true;
  }

  private async turnDown(
    id: string,
    event: 'reject' | 'withdraw',
    cause: string,
    decision: ApprovalDecision,
  ): Promise<Approval> {
    const { by, reason } = decision;
    await this.database.transaction(async (session) => {
      const approval = await this.lockWaiting(session, id, decision);
      const why = { cause, actor: by.actor, reason, at: this.clock.now() };
      await this.approvals.transition(session, approval, event, why, by);
      await this.actOf(approval.kind).turnDown?.(session, approval, why, decision);
    });
    return this.get(id);
  }

  private async noteOvertaken(id: string, reason: string): Promise<void> {
    await this.database.transaction(async (session) => {
      const approval = await this.approvals.lock(session, id);
      if (approval?.state !== 'Waiting') return;
      const why = { cause: 'overtaken', actor: 'billing-scheduler', reason, at: this.clock.now() };
      await this.approvals.transition(session, approval, 'withdraw', why);
    });
  }

  private async lockWaiting(session: SqlSession, id: string, { version }: ApprovalDecision): Promise<Approval> {
    const approval = await this.approvals.lock(session, id);
    if (approval === undefined) throw notFound(id);
    if (version !== undefined && approval.version !== version) {
      throw new DomainError('version-conflict', `Approval ${id} was changed since you read it`);
    }
    if (approval.state !== 'Waiting') throw decidedAlready(id, approval.state);
    return approval;
  }

  private async assertAnother(session: SqlSession, approval: Approval, by: Person): Promise<void> {
    const { requestedByKeyId: keyId, requestedByOwner: owner, requestedAt: at, summary } = approval;
    const asked = await this.approvals.holder(session, { keyId, owner });
    const decides = await this.approvals.holder(session, by);
    const not = whyNotAnother({ ...asked, at }, decides, this.config.byBootstrapKey);
    if (not === undefined) return;
    const message = `Somebody else must approve it (${summary}): ${not.why}. ${whoCan(approval, not)}`;
    throw new DomainError('second-person-required', message);
  }

  private assertMayDecide({ role, keyId }: Person): void {
    const mayBootstrap = keyId === null && this.config.byBootstrapKey;
    if (mayBootstrap || this.config.roles.includes(role)) return;
    const message = `A key of the role ${role} approves nothing here: APPROVAL_ROLES lets ${this.config.roles.join(', ')}`;
    throw new DomainError('scope-missing', message, { scope: 'approvals:decide' });
  }

  private actOf(kind: ApprovalKind): ApprovedAct {
    const act = this.acts.get(kind);
    if (act === undefined) throw new DomainError('internal-error', `nobody carries out what is approved of ${kind}`);
    return act;
  }

  private async got(id: string, session: SqlSession): Promise<Approval> {
    const approval = await this.approvals.find(id, session);
    if (approval === undefined) throw notFound(id);
    return approval;
  }
}

/** How histories name who acts by a key. */
const KEY_OF_ACTOR = /\(key (\d+)\)$/;

/** What histories keep as the reason of an act that two persons answer for. */
export function wordsOf({ reason }: Approval, { by, reason: agreed }: ApprovalDecision): string {
  return `${reason ?? 'no reason given'}; approved by ${by.actor}: ${agreed}`;
}

/** What whoever was refused does next. */
function whoCan({ id, kind, requestedByOwner, requestedAt }: Approval, { isTooYoung }: NotAnother): string {
  const old = `A key of another person that was there at ${requestedAt.toISOString()} can approve it`;
  if (!isTooYoung || ASKED_ONCE.includes(kind)) return old;
  const again = `takes it back (POST /admin/v1/approvals/${id}/withdraw) and asks again, and then this key will do`;
  return `${old}; or ${requestedByOwner} ${again}`;
}

/** A day has one run, and a file is taken once: what was taken back of these is not asked for in the same way again. */
const ASKED_ONCE: readonly ApprovalKind[] = ['billing-run', 'upload'];

function notFound(id: string): DomainError {
  return new DomainError('approval-not-found', `There is no approval ${id}`);
}

function alreadyOpen(kind: ApprovalKind, subjectId: string): DomainError {
  const message = `Another ${kind} of ${subjectId} waits for a second person; decide on that first`;
  return new DomainError('approval-open', message);
}

function expired({ id, expiresAt }: Approval): DomainError {
  return new DomainError('approval-expired', `Approval ${id} expired at ${expiresAt?.toISOString()}; ask anew`);
}
