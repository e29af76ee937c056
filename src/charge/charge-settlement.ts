import { Injectable } from '@nestjs/common';
import type { SqlSession } from '../platform/database';
import { SettlementEffects, type SettlementOutcomes } from './settlement-effects';
import { SettlementLogRepository } from './settlement-log.repository';

/** The one way a charge is settled. */
@Injectable()
export class ChargeSettlement {
  constructor(
    private readonly effects: SettlementEffects,
    private readonly log: SettlementLogRepository,
  ) {}

  /**
   * Applies outcomes and appends them to the settlement log, in the caller's transaction, which should commit next.
   *
   * The log comes last, because it is written by one transaction at a time: while one appends, others already do the
   * larger part of their work.
   *
   * @returns how many charges were settled
   */
  async settle(session: SqlSession, outcomes: SettlementOutcomes, at: Date): Promise<number> {
    await this.effects.apply(session, outcomes, at);
    return this.log.append(session, outcomes, at);
  }

  /** The same for refunds of charges that were settled before. */
  async refund(session: SqlSession, outcomes: SettlementOutcomes, at: Date): Promise<void> {
    await this.effects.refund(session, outcomes, at);
    await this.log.append(session, outcomes, at);
  }
}
