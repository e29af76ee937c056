import type { ScheduledTask, SimulatorClock } from '../../shared/clock';
import type { Keys } from '../keys';
import type { PaymentRequest } from '../payments/payment';
import type { Store } from '../stores';
import type { BillingKey } from './billing-keys';

export type ScheduleStatus = 'SCHEDULED' | 'STARTED' | 'SUCCEEDED' | 'FAILED' | 'REVOKED' | 'PENDING';

/** A charge that PortOne makes by itself, when its time has come. */
export interface Schedule {
  readonly id: string;
  readonly key: BillingKey;
  readonly paymentId: string;
  readonly request: PaymentRequest;
  readonly installmentMonth: number | null;
  readonly createdAt: number;
  readonly timeToPay: number;
  status: ScheduleStatus;
  startedAt: number | null;
  completedAt: number | null;
  revokedAt: number | null;
  task: ScheduledTask | null;
}

/** What is scheduled, done and revoked: a failed one is not tried again. */
export class Schedules {
  private readonly byId = new Map<string, Schedule>();

  constructor(
    private readonly clock: SimulatorClock,
    private readonly keys: Keys,
  ) {}

  /** `charge` says whether it was paid. */
  add(
    wanted: Pick<Schedule, 'key' | 'paymentId' | 'request' | 'installmentMonth' | 'timeToPay'>,
    charge: (schedule: Schedule) => boolean,
  ): Schedule {
    const schedule: Schedule = {
      ...wanted,
      id: this.keys.uuid(),
      createdAt: this.clock.now(),
      status: 'SCHEDULED',
      startedAt: null,
      completedAt: null,
      revokedAt: null,
      task: null,
    };
    this.byId.set(schedule.id, schedule);
    schedule.task = this.clock.schedule(wanted.timeToPay, () => {
      schedule.startedAt = this.clock.now();
      schedule.status = charge(schedule) ? 'SUCCEEDED' : 'FAILED';
      schedule.completedAt = this.clock.now();
    });
    return schedule;
  }

  revoke(schedule: Schedule): number {
    schedule.task?.cancel();
    schedule.status = 'REVOKED';
    schedule.revokedAt = this.clock.now();
    return schedule.revokedAt;
  }

  findOf(store: Store, id: string): Schedule | undefined {
    const schedule = this.byId.get(id);
    return schedule?.key.store === store ? schedule : undefined;
  }

  of(store: Store): Schedule[] {
    return [...this.byId.values()].filter(({ key }) => key.store === store);
  }

  /** Whether a charge waits under this `paymentId`. */
  waitsUnder(store: Store, paymentId: string): boolean {
    return this.of(store).some((one) => one.paymentId === paymentId && one.status === 'SCHEDULED');
  }

  waitsFor(key: BillingKey): boolean {
    return this.of(key.store).some((one) => one.key === key && one.status === 'SCHEDULED');
  }
}
