import type { SqlSession } from '../platform/database';
import type { Cause } from '../platform/work';

/**
 * What a new payment method means to whoever paid by the one before. `payment-method` declares it and features above implement
 * it, so that the arrows keep pointing down. Called in the transaction that stores the new one: call nobody.
 */
export abstract class MethodEffects {
  /** Has all that is paid by one method be paid by another of the customer. */
  abstract replaced(session: SqlSession, fromId: string, toId: string, why: Cause): Promise<void>;
}
