import { Injectable } from '@nestjs/common';
import { DepositConfig } from '../../config';
import { Clock, secondsAfter } from '../../platform/clock';
import type { DepositAccount } from './deposit-account.entity';

/** In the last hour before the account's time is over, and after it, the gateway is asked more often. */
const NEAR_SECONDS = 3_600;
const NEAR_EVERY_SECONDS = 600;

/** When what waits for a deposit is looked up next. Messages tell of most deposits sooner; this finds those that none told of. */
@Injectable()
export class DepositSchedule {
  constructor(
    private readonly config: DepositConfig,
    private readonly clock: Clock,
  ) {}

  /** The next look at an account that waits. */
  next({ dueAt }: DepositAccount): Date {
    const now = this.clock.now();
    const near = secondsAfter(dueAt, -NEAR_SECONDS);
    if (now >= near) return secondsAfter(now, NEAR_EVERY_SECONDS);
    const usual = secondsAfter(now, this.config.lookEverySeconds);
    return usual < near ? usual : near;
  }

  /** When a deposit counts that came then. */
  settlesAt(depositedAt: Date): Date {
    return secondsAfter(depositedAt, this.config.settleDelaySeconds);
  }

  /** When a deposit counts that is there; `undefined`: it is new, and has to stay first. One that came anew between two looks is as new. */
  countsAt({ depositedAt }: DepositAccount, paidAt: Date | null): Date | undefined {
    if (this.config.settleDelaySeconds === 0) return this.clock.now();
    if (depositedAt === null) return undefined;
    return this.settlesAt(paidAt !== null && paidAt > depositedAt ? paidAt : depositedAt);
  }

  /** Whether the account is to be closed at the gateway, which still holds it open. */
  isOver({ dueAt, unwantedSince }: DepositAccount): boolean {
    return unwantedSince !== null || this.clock.now() >= secondsAfter(dueAt, this.config.graceSeconds);
  }
}
