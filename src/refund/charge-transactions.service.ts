import { Injectable } from '@nestjs/common';
import { DomainError } from '../kernel/errors';
import { TransactionLookups, type TransactionLookup } from '../transaction-lookup';
import type { ChargeRecord } from '../charge';
import { Charges } from '../charge';
import { OutsideRefunds } from './outside-refunds.service';
import { compareWithTransaction, type TransactionComparison } from './transaction-comparison';

/** A charge, what T store has of it, and how the two differ. */
export interface ChargeTransaction {
  charge: ChargeRecord;
  lookup: TransactionLookup;
  comparison: TransactionComparison;
}

/** Shows a charge's payment as T store has it, beside our own record; what it has refunded without us is noted. */
@Injectable()
export class ChargeTransactions {
  constructor(
    private readonly charges: Charges,
    private readonly lookups: TransactionLookups,
    private readonly outside: OutsideRefunds,
  ) {}

  /**
   * @throws {DomainError} `charge-not-found`; `transaction-id-missing` while no answer named a transaction;
   *   `lookup-rate-limited`
   */
  async lookUp(orderNo: string, actor: string): Promise<ChargeTransaction> {
    const charge = await this.charges.get(orderNo);
    const { gateway, gatewayAccount, transactionId } = charge;
    if (transactionId === null) {
      throw new DomainError(
        'transaction-id-missing',
        `No answer has named a transaction of ${orderNo}, and T store can be asked by transaction id only`,
      );
    }
    const lookup = await this.lookups.lookUp({ gateway, gatewayAccount, transactionId }, actor);
    await this.outside.suspect(charge, lookup);
    return { charge, lookup, comparison: compareWithTransaction(charge, lookup) };
  }
}
