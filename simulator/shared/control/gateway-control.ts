import type { DeclineRuleOf, DeclineRules } from '../declines';
import type { ArmedFaults, ArmedFaultViewOf, FaultOrderOf } from '../faults/armed-faults';
import { ControlError } from './json-routes';

/** A gateway's own truth, to be compared with the service's to the won. */
export interface GatewayBook<Totals, Entry> {
  /** Of one contract, where one is given. */
  totals(contract?: string): Totals;
  entries(contract?: string): Entry[];
  /** Every payment of an order number, whoever's: more than one approved is a double payment. */
  ofOrder(orderId: string): Entry[];
  repeatedOrders(): RepeatedOrder[];
}

/** An order number that was approved more than once, with how often. */
export interface RepeatedOrder {
  orderId: string;
  times: number;
}

export interface GatewayControlParts<
  Kind extends string,
  FaultSubject extends string,
  DeclineSubject extends string,
  Totals,
  Entry,
> {
  faults: ArmedFaults<Kind, FaultSubject>;
  declines: DeclineRules<DeclineSubject>;
  book: GatewayBook<Totals, Entry>;
}

/** What can be done to every simulated gateway of payments and read of it: faults, declines and the book. */
export abstract class GatewayControl<
  Kind extends string,
  FaultSubject extends string,
  DeclineSubject extends string,
  Totals,
  Entry,
> {
  constructor(
    private readonly common: GatewayControlParts<Kind, FaultSubject | 'call', DeclineSubject, Totals, Entry>,
    /** Kinds of calls, which a fault may aim at. */
    private readonly calls: readonly string[],
  ) {}

  armFault(order: FaultOrderOf<Kind, FaultSubject | 'call'>): ArmedFaultViewOf<Kind, FaultSubject | 'call'> {
    const { call }: { call?: unknown } = order;
    if (call !== undefined && !(this.calls as readonly unknown[]).includes(call)) {
      throw new ControlError(`call must be one of ${this.calls.join(', ')}`);
    }
    return this.common.faults.arm(order);
  }

  disarmFault(id: number): boolean {
    return this.common.faults.disarm(id);
  }

  disarmAllFaults(): void {
    this.common.faults.disarmAll();
  }

  faults(): ArmedFaultViewOf<Kind, FaultSubject | 'call'>[] {
    return this.common.faults.list();
  }

  /** Declines approvals that fit: by order number, customer or amount. */
  declineApprovals(rule: DeclineRuleOf<DeclineSubject>): void {
    if (typeof rule.code !== 'string' || rule.code === '') throw new ControlError('code must be given');
    this.common.declines.add(rule);
  }

  /** Declines this share of all approvals, drawn by the order number. */
  setDeclineRate(rate: number): void {
    if (!(rate >= 0 && rate <= 1)) throw new ControlError('declineRate must be a number from 0 to 1');
    this.common.declines.setRate(rate);
  }

  declineRate(): number {
    return this.common.declines.declineRate;
  }

  /** All approvals are as what they are paid with is again. */
  forgetDeclines(): void {
    this.common.declines.clear();
  }

  /** Of one contract, where one is given. */
  bookTotals(contract?: string): Totals {
    return this.common.book.totals(contract);
  }

  bookEntries(contract?: string): Entry[] {
    return this.common.book.entries(contract);
  }

  bookOfOrder(orderId: string): Entry[] {
    return this.common.book.ofOrder(orderId);
  }

  repeatedOrders(): RepeatedOrder[] {
    return this.common.book.repeatedOrders();
  }
}

/** What the gateway refuses, in `worded`'s words, is the caller's mistake here; null is any other error. */
export function refusing<T>(worded: (error: unknown) => string | null, act: () => T): T {
  try {
    return act();
  } catch (error) {
    const words = worded(error);
    if (words === null) throw error;
    throw new ControlError(words.trim());
  }
}
