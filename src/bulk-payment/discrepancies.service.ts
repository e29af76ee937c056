import { Injectable } from '@nestjs/common';
import { RefundConfig } from '../config';
import { RESULT_CODE_SUCCESS } from '../gateways/tstore';
import { DomainError } from '../kernel/errors';
import { LineStopRepository } from '../line-stop';
import { Clock } from '../platform/clock';
import { KeyRing } from '../platform/crypto';
import { Database, wakeBilling } from '../platform/database';
import { TransactionLookups } from '../transaction-lookup';
import type { Discrepancy, DiscrepancyLookup } from './discrepancy.entity';
import { rawLineIdentity } from './discrepancy-evidence';
import {
  DiscrepancyRepository,
  type AcceptedOutcome,
  type Decision,
  type DiscrepancyPage,
} from './discrepancy.repository';
import { suggestionOf } from './discrepancy-suggestion';

/** A discrepancy as an operator reads it: the raw line in clear but for its billing token. */
export interface DiscrepancyRecord extends Omit<Discrepancy, 'rawLineCiphertext' | 'rawLineKeyId'> {
  rawLine: string | null;
}

/** What a person accepts a discrepancy as. What is not given comes from its line. */
export interface Acceptance {
  outcome: 'paid' | 'declined';
  transactionId?: string | undefined;
  resultCode?: string | undefined;
  reason: string;
  actor: string;
  /** The only version it may be accepted in, when there is one. */
  version?: string | undefined;
}

/** Long runs of hexadecimal digits are billing tokens; their first digits are enough to tell them apart. */
const BILLING_TOKEN = /[0-9A-Fa-f]{32,}/g;

/** Works off what does not match: look it up at T store, accept it or close it. */
@Injectable()
export class Discrepancies {
  constructor(
    private readonly discrepancies: DiscrepancyRepository,
    private readonly stops: LineStopRepository,
    private readonly database: Database,
    private readonly transactions: TransactionLookups,
    private readonly keys: KeyRing,
    private readonly clock: Clock,
    private readonly refunds: RefundConfig,
  ) {}

  async list(page: DiscrepancyPage): Promise<DiscrepancyRecord[]> {
    return (await this.discrepancies.list(page)).map((discrepancy) => this.recordOf(discrepancy));
  }

  /** @throws {DomainError} `discrepancy-not-found` */
  async get(id: string): Promise<DiscrepancyRecord> {
    return this.recordOf(await this.found(id));
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
    const lookup = await this.transactions.lookUp(transactionId, request.actor);
    const { answer, found, message } = lookup;
    const [latest] = await this.discrepancies.lookups(id);
    if (latest?.transactionId === transactionId && latest.at >= lookup.at) return latest;
    const suggestion = suggestionOf(discrepancy, lookup, this.refunds.refundedStatuses);
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
   * Settles the charge by decision, with all that follows from it, once.
   *
   * @throws {DomainError} `discrepancy-not-found`; `charge-missing` when it names no charge of ours;
   *   `transaction-id-missing` when it is to be paid without one; `state-conflict`, `version-conflict`, `charge-settled`;
   *   `line-stopped` while the job is parked
   */
  async accept(id: string, acceptance: Acceptance): Promise<DiscrepancyRecord> {
    const discrepancy = await this.found(id);
    if (discrepancy.chargeId === null) {
      throw new DomainError('charge-missing', `Discrepancy ${id} names no charge of ours to settle; close it instead`);
    }
    const outcome = outcomeOf(discrepancy, acceptance);
    const { actor, reason, version } = acceptance;
    await this.database.transaction(async (session) => {
      await this.stops.assertRunning(session, discrepancy.bulkPaymentJobId);
      await this.discrepancies.accept(session, id, outcome, { actor, reason, version, at: this.clock.now() });
      await wakeBilling(session);
    });
    return this.get(id);
  }

  /**
   * Decides that nothing follows from it.
   *
   * @throws {DomainError} `discrepancy-not-found`, `state-conflict`, `version-conflict`
   */
  async close(id: string, decision: Omit<Decision, 'at'>): Promise<DiscrepancyRecord> {
    await this.found(id);
    await this.database.transaction(async (session) => {
      await this.discrepancies.close(session, id, { ...decision, at: this.clock.now() });
      // A job that is held waits for the last of its discrepancies.
      await wakeBilling(session);
    });
    return this.get(id);
  }

  private async found(id: string): Promise<Discrepancy> {
    const discrepancy = await this.discrepancies.find(id);
    if (discrepancy === undefined) throw new DomainError('discrepancy-not-found', `There is no discrepancy ${id}`);
    return discrepancy;
  }

  private recordOf(discrepancy: Discrepancy): DiscrepancyRecord {
    const { rawLineCiphertext, rawLineKeyId, ...rest } = discrepancy;
    if (rawLineCiphertext === null || rawLineKeyId === null || discrepancy.lineNumber === null) {
      return { ...rest, rawLine: null };
    }
    const identity = rawLineIdentity(discrepancy.bulkPaymentJobId, discrepancy.lineNumber);
    const line = this.keys.decrypt({ ciphertext: rawLineCiphertext, keyId: rawLineKeyId }, identity).toString('utf8');
    return { ...rest, rawLine: line.replace(BILLING_TOKEN, (token) => `${token.slice(0, 8)}…(${token.length})`) };
  }
}

function outcomeOf({ id, found }: Discrepancy, { outcome, ...given }: Acceptance): AcceptedOutcome {
  const transactionId = given.transactionId ?? found?.transactionId ?? null;
  if (outcome === 'declined') {
    const resultCode = given.resultCode ?? found?.resultCode;
    // A line that says "paid" has no code of a decline to take over.
    const isDecline = resultCode !== undefined && resultCode !== RESULT_CODE_SUCCESS;
    return { kind: outcome, transactionId, resultCode: isDecline ? resultCode : DECLINED_BY_DECISION };
  }
  if (transactionId !== null) return { kind: outcome, transactionId, resultCode: RESULT_CODE_SUCCESS };
  throw new DomainError('transaction-id-missing', `A paid charge has a transaction; state transactionId for ${id}`);
}

/** In the place of T store's code where a person decided without one. */
const DECLINED_BY_DECISION = 'declined-by-decision';
