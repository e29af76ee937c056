import type { SimulatorClock } from '../../shared/clock';
import { seoulLocal } from '../../shared/seoul-time';
import type { Keys } from '../keys';
import type { Contract } from '../merchants';
import type { Means, Payment } from '../payments/payment';
import type { Settings } from '../settings';

/** A method that is charged again, until somebody ends it. */
export interface Sid {
  readonly contract: Contract;
  readonly sid: string;
  /** Each charge must name the first payment's. */
  readonly userId: string;
  readonly means: Means;
  readonly itemName: string;
  readonly createdAt: number;
  lastApprovedAt: number | null;
  inactivatedAt: number | null;
  endedBy: 'merchant' | 'customer' | null;
  /** Charges a month; any number, if null. */
  monthlyLimit: number | null;
  /** Instants of its charges. */
  readonly chargedAt: number[];
}

/** SIDs, as issued, charged and ended. */
export class Sids {
  private readonly bySid = new Map<string, Sid>();

  constructor(
    private readonly clock: SimulatorClock,
    private readonly keys: Keys,
    private readonly settings: Settings,
  ) {}

  /** By a first payment that was approved. */
  issue(payment: Payment, means: Means): void {
    const sid: Sid = {
      contract: payment.contract,
      sid: this.keys.sid(),
      userId: payment.userId,
      means,
      itemName: payment.itemName,
      createdAt: this.clock.now(),
      lastApprovedAt: payment.amounts.total > 0 ? this.clock.now() : null,
      inactivatedAt: null,
      endedBy: null,
      monthlyLimit: null,
      chargedAt: [],
    };
    this.bySid.set(sid.sid, sid);
    payment.sid = sid.sid;
  }

  find(sid: string): Sid | undefined {
    return this.bySid.get(sid);
  }

  findOf(contract: Contract, sid: string): Sid | undefined {
    const found = this.bySid.get(sid);
    return found?.contract === contract ? found : undefined;
  }

  all(): Sid[] {
    return [...this.bySid.values()];
  }

  isUsedUp({ monthlyLimit, chargedAt }: Sid): boolean {
    const month = monthOf(this.clock.now());
    return monthlyLimit !== null && chargedAt.filter((at) => monthOf(at) === month).length >= monthlyLimit;
  }

  charged(sid: Sid): void {
    sid.chargedAt.push(this.clock.now());
    if (this.settings.lastApprovedAtMoves) sid.lastApprovedAt = this.clock.now();
  }

  end(sid: Sid, by: 'merchant' | 'customer'): void {
    if (sid.inactivatedAt !== null) return;
    sid.inactivatedAt = this.clock.now();
    sid.endedBy = by;
  }
}

/** `2026-11`, by Seoul's calendar. */
function monthOf(at: number): string {
  return seoulLocal(at).slice(0, 7);
}
