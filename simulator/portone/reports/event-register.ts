import type { SimulatorClock } from '../../shared/clock';
import type { Members } from '../../shared/http/members';
import type { Keys } from '../keys';
import { amountBody, paidOf } from '../payments/amounts';
import type { Cancellation, Transaction } from '../payments/payment';
import type { PaymentEvents, TransactionEvent } from '../payments/payment-life';

/** Money that came or went back, as the list of a day has it. */
export interface PaymentEvent {
  readonly id: string;
  readonly type: 'PAID' | 'PARTIAL_CANCELLED' | 'CANCELLED';
  readonly transaction: Transaction;
  readonly cancellation: Cancellation | null;
  readonly at: number;
  readonly eventAmount: number;
  /** The payment's sums right after it. */
  readonly totalAmount: Members;
}

const TYPES: Readonly<Partial<Record<TransactionEvent, PaymentEvent['type']>>> = {
  'Transaction.Paid': 'PAID',
  'Transaction.PartialCancelled': 'PARTIAL_CANCELLED',
  'Transaction.Cancelled': 'CANCELLED',
};

/** Every event of money, in the order of time. */
export class EventRegister implements PaymentEvents {
  private readonly events: PaymentEvent[] = [];

  constructor(
    private readonly clock: SimulatorClock,
    private readonly keys: Keys,
  ) {}

  happened(event: TransactionEvent, transaction: Transaction, cancellation: Cancellation | null): void {
    const type = TYPES[event];
    // An account that is closed has nothing to give back.
    if (type === undefined || (type !== 'PAID' && cancellation === null)) return;
    this.events.push({
      id: this.keys.uuid(),
      type,
      transaction,
      cancellation,
      at: this.clock.now(),
      eventAmount: cancellation?.amount.total ?? paidOf(transaction),
      totalAmount: amountBody(transaction),
    });
  }

  all(): readonly PaymentEvent[] {
    return this.events;
  }
}
