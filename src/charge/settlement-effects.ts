import type { SqlSession } from '../platform/database';

/** A stretch of the settlement log, both ends included. */
export interface SettlementRange {
  firstPosition: string;
  lastPosition: string;
}

/**
 * What settled charges mean to whoever asked for them. `charge` declares it and features above implement it, so that
 * the arrows keep pointing down.
 *
 * Called once for each stretch, in the transaction that settles it: work set-based, call nobody.
 */
export abstract class SettlementEffects {
  abstract apply(session: SqlSession, settled: SettlementRange, at: Date): Promise<void>;
}
