import { Injectable } from '@nestjs/common';
import { Gateways } from '../gateways';
import { DomainError } from '../kernel/errors';
import { TransactionLookups, type PaymentReference, type TransactionLookup } from '../transaction-lookup';
import type { ChargeRecord } from '../charge';
import { Charges } from '../charge';
import { OutsideRefunds } from './outside/outside-refunds.service';
import { compareWithTransaction, type TransactionComparison } from './outside/transaction-comparison';

/** A charge, what the gateway has of it, and how the two differ. */
export interface ChargeTransaction {
  charge: ChargeRecord;
  lookup: TransactionLookup;
  comparison: TransactionComparison;
  /** Whether anything that was given back without us waits for a person. */
  isSuspected: boolean;
}

/** Shows a charge's payment as the gateway has it, beside our own record; what it has refunded without us is noted. */
@Injectable()
export class ChargeTransactions {
  constructor(
    private readonly charges: Charges,
    private readonly gateways: Gateways,
    private readonly lookups: TransactionLookups,
    private readonly outside: OutsideRefunds,
  ) {}

  /**
   * @throws {DomainError} `charge-not-found`; `gateway-cannot`; `transaction-id-missing` while no answer named a transaction;
   *   `lookup-rate-limited`
   */
  async lookUp(orderNo: string, actor: string): Promise<ChargeTransaction> {
    return this.look(orderNo, (payment) => this.lookups.lookUp(payment, actor));
  }

  /**
   * The same by an answer of now, whatever was answered before.
   *
   * @throws {DomainError} as {@link lookUp}
   */
  lookNow(orderNo: string, actor: string): Promise<ChargeTransaction> {
    return this.look(orderNo, async (payment) => (await this.lookups.askNow(payment, actor)).lookup);
  }

  private async look(
    orderNo: string,
    ask: (payment: PaymentReference) => Promise<TransactionLookup>,
  ): Promise<ChargeTransaction> {
    const charge = await this.charges.get(orderNo);
    const { gateway, gatewayAccount, transactionId } = charge;
    // Said before a turn is taken, whatever else is in the way.
    this.gateways.finding(gateway);
    if (transactionId === null) {
      throw new DomainError(
        'transaction-id-missing',
        `No answer has named a transaction of ${orderNo}, and its gateway can be asked by transaction id only`,
      );
    }
    const lookup = await ask({ gateway, gatewayAccount, transactionId });
    const isSuspected = await this.outside.suspect(charge, lookup);
    return { charge, lookup, comparison: compareWithTransaction(charge, lookup), isSuspected };
  }
}
