import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Approvals, wordsOf, type Approval, type ApprovalDecision, type Person } from '../../approval';
import { maskBillingTokens } from '../../billing-token';
import { CLOSED_BY_DECISION, DECLINED_AGAINST_EVIDENCE } from '../../charge';
import { ApprovalConfig } from '../../config';
import { RESULT_CODE_SUCCESS, cluesOf } from '../../gateways/tstore';
import { DomainError } from '../../kernel/errors';
import { LineStopRepository } from '../../line-stop';
import { won, wonInWords } from '../../kernel/won';
import { Clock, secondsAfter } from '../../platform/clock';
import { KeyRing } from '../../platform/crypto';
import { Database, wakeBilling, type SqlSession } from '../../platform/database';
import { TransactionLookups } from '../../transaction-lookup';
import { EVIDENCE_HOURS, againstClosing, againstDeclined, againstPaid, rivalsOf } from './acceptance-evidence';
import type { Discrepancy, DiscrepancyLookup } from './discrepancy.entity';
import { rawLineIdentity } from './discrepancy-evidence';
import {
  DiscrepancyRepository,
  type AcceptedOutcome,
  type Decision,
  type DiscrepancyPage,
} from './discrepancy.repository';
import { suggestionOf } from './discrepancy-suggestion';
import { saysDeclined } from './result-line-words';

/** A discrepancy as an operator reads it: the raw line in clear but for its billing token. */
export interface DiscrepancyRecord extends Omit<Discrepancy, 'rawLineCiphertext' | 'rawLineKeyId'> {
  rawLine: string | null;
}

/** What a person decides that a discrepancy's charge counts as. What is not given comes from its line. */
export interface DiscrepancyDecision {
  outcome: 'paid' | 'declined' | 'closed';
  transactionId?: string | undefined;
  resultCode?: string | undefined;
  reason: string;
  by: Person;
  /** The only version it may be decided in, when there is one. */
  version?: string | undefined;
}

/** Long runs of hexadecimal digits are billing tokens; their first digits are enough to tell them apart. */
const BILLING_TOKEN = /[0-9A-Fa-f]{32,}/g;

/** Works off what does not match: look it up at T store, accept it or close it. */
@Injectable()
export class Discrepancies implements OnModuleInit {
  constructor(
    private readonly discrepancies: DiscrepancyRepository,
    private readonly stops: LineStopRepository,
    private readonly database: Database,
    private readonly transactions: TransactionLookups,
    private readonly keys: KeyRing,
    private readonly clock: Clock,
    private readonly approvals: Approvals,
    private readonly approval: ApprovalConfig,
  ) {}

  onModuleInit(): void {
    this.approvals.carriedOutBy('discrepancy', {
      carryOut: (session, approval, decision) => this.decideApproved(session, approval, decision),
    });
  }

  async list(page: DiscrepancyPage): Promise<DiscrepancyRecord[]> {
    return (await this.discrepancies.list(page)).map((discrepancy) => this.recordOf(discrepancy));
  }

  /** @throws {DomainError} `discrepancy-not-found` */
  async get(id: string): Promise<DiscrepancyRecord> {
    return this.recordOf(await this.found(id));
  }

  /** Payments of a charge that ended unpaid, which T store was seen to have and not to have given back. */
  seenAfterAll(chargeId: string): Promise<string[]> {
    return this.discrepancies.seenAfterAll(chargeId);
  }

  /** What T store said when it was asked, latest first. */
  lookups(id: string): Promise<DiscrepancyLookup[]> {
    return this.discrepancies.lookups(id);
  }

  /**
   * Asks T store for the transaction and keeps its answer with a suggestion. Changes nothing else.
   *
   * @param transactionId which to ask for, where the line names none or another is meant
   * @throws {DomainError} `discrepancy-not-found`; `transaction-id-missing` when neither names one;
   *   `lookup-rate-limited`
   */
  async lookUp(id: string, request: { transactionId?: string | undefined; actor: string }): Promise<DiscrepancyLookup> {
    const discrepancy = await this.found(id);
    const transactionId = request.transactionId ?? discrepancy.found?.transactionId;
    if (transactionId == null) {
      throw new DomainError(
        'transaction-id-missing',
        `Discrepancy ${id} names no transaction, and T store can be asked by transaction id only. State transactionId`,
      );
    }
    const gatewayAccount = await this.discrepancies.accountOf(discrepancy);
    const payment = { gateway: 'tstore', gatewayAccount, transactionId } as const;
    const lookup = await this.transactions.lookUp(payment, request.actor);
    const { answer, found, message } = lookup;
    const [latest] = await this.discrepancies.lookups(id);
    if (latest?.transactionId === transactionId && latest.at >= lookup.at) return latest;
    const expected = (await this.discrepancies.asked(this.database, id)) ?? null;
    const claims = await this.discrepancies.claims(this.database, id, [transactionId]);
    const rivals = found === null ? [] : rivalsOf(found, claims.get(transactionId));
    const suggestion = suggestionOf({ ...discrepancy, expected, rivals }, lookup);
    const at = this.clock.now();
    const { actor } = request;
    await this.discrepancies.addLookup({
      discrepancyId: id,
      transactionId,
      answer,
      found,
      message,
      suggestion,
      actor,
      at,
    });
    const [kept] = await this.discrepancies.lookups(id);
    if (kept === undefined) throw new DomainError('internal-error', `the lookup of discrepancy ${id} was not kept`);
    return kept;
  }

  /**
   * Accepts or closes it, which settles its charge by decision, with all that follows from it, once; a charge of which
   * another discrepancy is open is closed with the last one. What T store was seen to say must support it; what the line
   * says otherwise, and closing what T store took money for, waits for a second person.
   *
   * @returns what waits for a second person; `undefined`: it is done
   * @throws {DomainError} `discrepancy-not-found`; `charge-missing` when it is to be accepted and names no charge of ours;
   *   `transaction-id-missing` when it is to be paid without one; `lookup-required` while T store was not asked for the
   *   transaction; `evidence-contradicts` when it has it otherwise; `line-undecided` while a missing charge's answer may be an
   *   open line; `state-conflict`, `version-conflict`, `charge-settled`,
   *   `transaction-settled`; `approval-open` while another decision on it waits; `line-stopped` while the job is parked
   */
  async decide(id: string, asked: DiscrepancyDecision): Promise<Approval | undefined> {
    const discrepancy = await this.found(id);
    const { by, reason, version } = asked;
    if (version !== undefined && version !== discrepancy.version) {
      throw new DomainError('version-conflict', `Discrepancy ${id} was changed since you read it`);
    }
    return this.database.transaction(async (session) => {
      const { outcome, against } = await this.weigh(session, discrepancy, asked);
      if (against.length > 0 && this.approval.ofDecisions) {
        return this.askSecondPerson(session, discrepancy, asked, against);
      }
      await this.approvals.withdrawOf(session, 'discrepancy', id, { actor: by.actor, reason });
      await this.carryOut(session, id, outcome, { actor: by.actor, reason, version, at: this.clock.now() });
      // A job that is held waits for the last of its discrepancies.
      await wakeBilling(session);
      return undefined;
    });
  }

  /** Weighs anew what was asked for: T store may have said something else meanwhile, which who agrees was not told. */
  private async decideApproved(session: SqlSession, approval: Approval, decision: ApprovalDecision): Promise<void> {
    const discrepancy = await this.found(approval.subjectId, session);
    const { transactionId, resultCode } = approval.act;
    const asked = approval.act.outcome as DiscrepancyDecision['outcome'];
    const { outcome, against } = await this.weigh(session, discrepancy, { outcome: asked, transactionId, resultCode });
    refuseUntold(approval, against);
    const { requestedBy: actor } = approval;
    const why = { actor, reason: wordsOf(approval, decision).slice(0, MAX_REASON), at: this.clock.now() };
    await this.carryOut(session, discrepancy.id, outcome, { ...why, version: decision.subjectVersion });
  }

  private carryOut(session: SqlSession, id: string, outcome: AcceptedOutcome, decision: Decision): Promise<void> {
    if (outcome.kind === 'closed') return this.discrepancies.close(session, id, outcome, decision);
    return this.discrepancies.accept(session, id, outcome, decision);
  }

  /** @returns as what it would be settled, and what speaks against it */
  private async weigh(
    session: SqlSession,
    discrepancy: Discrepancy,
    asked: Pick<DiscrepancyDecision, 'outcome' | 'transactionId' | 'resultCode'>,
  ): Promise<{ outcome: AcceptedOutcome; against: string[] }> {
    const { id, state, chargeId, bulkPaymentJobId } = discrepancy;
    if (chargeId === null && asked.outcome !== 'closed') {
      throw new DomainError('charge-missing', `Discrepancy ${id} names no charge of ours to settle; close it instead`);
    }
    const outcome = outcomeOf(discrepancy, asked);
    if (state !== 'Open') throw new DomainError('state-conflict', `Discrepancy ${id} was decided already`);
    if (chargeId !== null) await this.stops.assertRunning(session, bulkPaymentJobId);
    await this.discrepancies.refuseSettledTransaction(session, id, outcome);
    // Of a payment it is T store's word that counts, not what is missing.
    if (outcome.kind !== 'paid' && discrepancy.kind === 'missing') await this.refuseUnderOpenLine(session, discrepancy);
    const since = secondsAfter(this.clock.now(), -EVIDENCE_HOURS * 3_600);
    const evidence = await this.discrepancies.evidence(session, id, since);
    if (outcome.kind === 'paid') return { outcome, against: againstPaid(outcome.transactionId, evidence) };
    if (outcome.kind === 'closed')
      return { outcome, against: againstClosing(evidence, chargeId !== null, this.paymentWordsOf(discrepancy)) };
    const against = againstDeclined(evidence);
    if (against.length === 0) return { outcome, against };
    return { outcome: { ...outcome, resultCode: DECLINED_AGAINST_EVIDENCE }, against };
  }

  /** Nobody can say that a charge has no answer while a line lies next to it of which nobody knows whose it is. */
  private async refuseUnderOpenLine(session: SqlSession, { id, bulkPaymentJobId }: Discrepancy): Promise<void> {
    const open = await this.discrepancies.openLineOfNoCharge(session, bulkPaymentJobId);
    if (open === undefined) return;
    const line = `line ${open.lineNumber} of the result names no charge of job ${bulkPaymentJobId}, and may be its answer`;
    const message = `Discrepancy ${id} can't be decided yet: ${line}. Decide discrepancy ${open.id} first`;
    throw new DomainError('line-undecided', message, { discrepancyId: open.id });
  }

  private paymentWordsOf(discrepancy: Discrepancy): string[] {
    if (discrepancy.kind !== 'malformed' || discrepancy.chargeId !== null) return [];
    const raw = this.rawLineOf(discrepancy);
    return raw === null ? [] : cluesOf(raw).paymentWords.map(maskBillingTokens);
  }

  private askSecondPerson(
    session: SqlSession,
    { id, orderNo, expected, found, settledInstead }: Discrepancy,
    { outcome, transactionId, resultCode, reason, by }: DiscrepancyDecision,
    against: readonly string[],
  ): Promise<Approval> {
    const named = {
      ...(transactionId !== undefined && { transactionId }),
      ...(resultCode !== undefined && { resultCode }),
    };
    const amount = won(expected?.amount ?? 0);
    const closing = `close discrepancy ${id} of order ${orderNo}, which then counts neither as paid nor as declined`;
    const settling = `settle order ${orderNo} as ${outcome}, for ${wonInWords(amount)}`;
    const instead = settledInstead === null ? '' : `; ${found?.transactionId} settled order ${settledInstead}`;
    return this.approvals.require(session, {
      kind: 'discrepancy',
      subjectId: id,
      act: { outcome, ...named },
      summary: `${outcome === 'closed' ? closing : settling}${instead}`,
      because: against.join('; '),
      amount,
      by,
      reason,
    });
  }

  private async found(id: string, session?: SqlSession): Promise<Discrepancy> {
    const discrepancy = await this.discrepancies.find(id, session);
    if (discrepancy === undefined) throw new DomainError('discrepancy-not-found', `There is no discrepancy ${id}`);
    return discrepancy;
  }

  private recordOf(discrepancy: Discrepancy): DiscrepancyRecord {
    const { rawLineCiphertext: _ciphertext, rawLineKeyId: _keyId, ...rest } = discrepancy;
    const line = this.rawLineOf(discrepancy)?.toString('utf8');
    const masked = line?.replace(BILLING_TOKEN, (token) => `${token.slice(0, 8)}…(${token.length})`);
    return { ...rest, rawLine: masked ?? null };
  }

  private rawLineOf({ bulkPaymentJobId, lineNumber, rawLineCiphertext, rawLineKeyId }: Discrepancy): Buffer | null {
    if (rawLineCiphertext === null || rawLineKeyId === null || lineNumber === null) return null;
    const identity = rawLineIdentity(bulkPaymentJobId, lineNumber);
    return this.keys.decrypt({ ciphertext: rawLineCiphertext, keyId: rawLineKeyId }, identity);
  }
}

function outcomeOf(
  { id, found }: Discrepancy,
  { outcome, ...given }: Pick<DiscrepancyDecision, 'outcome' | 'transactionId' | 'resultCode'>,
): AcceptedOutcome {
  const transactionId = given.transactionId ?? found?.transactionId ?? null;
  if (outcome === 'closed') return { kind: outcome, transactionId, resultCode: CLOSED_BY_DECISION };
  if (outcome === 'declined') {
    const resultCode = given.resultCode ?? (saysDeclined(found) ? found?.resultCode : undefined);
    return { kind: outcome, transactionId, resultCode: resultCode ?? DECLINED_BY_DECISION };
  }
  if (transactionId !== null) return { kind: outcome, transactionId, resultCode: RESULT_CODE_SUCCESS };
  throw new DomainError('transaction-id-missing', `A paid charge has a transaction; state transactionId for ${id}`);
}

/** In the place of T store's code where a person decided without one. */
const DECLINED_BY_DECISION = 'declined-by-decision';

/** Of the reasons of two persons together. */
const MAX_REASON = 1_000;

/** Whoever agrees has seen what speaks against it as it was when it was asked for. */
function refuseUntold({ id, because }: Approval, against: readonly string[]): void {
  const untold = against.filter((reason) => !because.includes(reason));
  if (untold.length === 0) return;
  const what = `Since approval ${id} was asked for, more speaks against it: ${untold.join('; ')}`;
  throw new DomainError('evidence-contradicts', `${what}. Reject it; it can be asked for anew`, { approvalId: id });
}
