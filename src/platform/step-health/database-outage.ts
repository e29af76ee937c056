import { Injectable } from '@nestjs/common';
import { messageOf } from '../../kernel/errors';
import { Clock, secondsAfter } from '../clock';
import { databaseTrouble, type DatabaseTrouble } from '../database';
import { Logger } from '../logging';

const TELL_EVERY_SECONDS = 60;
/** So long a statement may have been on its way when the outage ended. */
const LATE_SECONDS = 60;

/** What is nobody's fault but the database's: every step fails of it alike, and a stack tells nothing of it. */
const OUTAGES: Partial<Record<DatabaseTrouble, string>> = {
  unreachable: 'database out of reach',
  'not-writable': 'database takes no writes',
};

interface Outage {
  since: Date;
  toldAt: Date;
  failures: number;
}

/**
 * Tells in the log that the database is away, for all who find it so at each tick: in one line at first, one a minute while it
 * lasts, and one when it is back.
 */
@Injectable()
export class DatabaseOutage {
  private outage: Outage | undefined;
  private overAt: Date | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  get isOn(): boolean {
    return this.outage !== undefined;
  }

  /** @returns whether the database is why something failed, which is told then */
  explains(error: unknown): boolean {
    const told = outageOf(error);
    if (told === undefined) return false;
    const now = this.clock.now();
    const known = this.outage;
    this.outage = { since: now, toldAt: now, ...known, failures: (known?.failures ?? 0) + 1 };
    if (known !== undefined && now < secondsAfter(known.toldAt, TELL_EVERY_SECONDS)) return true;
    this.outage.toldAt = now;
    const { since, failures } = this.outage;
    this.logger.warn(`${told}: nothing is done until it is back`, { reason: messageOf(error), since, failures });
    return true;
  }

  /**
   * @returns whether this is still of an outage, though the database takes writes again: what began while it was away is
   *   told of a little later
   */
  explainsLate(error: unknown): boolean {
    if (outageOf(error) === undefined) return false;
    return this.isOn || (this.overAt !== undefined && this.clock.now() < secondsAfter(this.overAt, LATE_SECONDS));
  }

  /** Something was written. */
  over(): void {
    if (this.outage === undefined) return;
    this.overAt = this.clock.now();
    const { since, failures } = this.outage;
    this.outage = undefined;
    this.logger.info('database is back', { since, failures });
  }
}

function outageOf(error: unknown): string | undefined {
  const trouble = databaseTrouble(error);
  return trouble && OUTAGES[trouble];
}
