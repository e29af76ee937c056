import { Injectable } from '@nestjs/common';
import { NotificationConfig } from '../config';
import { NOTHING_DUE, type StepReport } from '../kernel/step-report';
import { Clock, secondsAfter } from '../platform/clock';
import { Database } from '../platform/database';
import { Logger } from '../platform/logging';

const EVERY_SECONDS = 3_600;
const DAY_SECONDS = 86_400;
/** Enough to see what a source is at. */
const KEPT_OF_A_SOURCE = 1_000;
const KEPT_BYTES_OF_A_SOURCE = 1024 * 1024;
const BATCH_ROWS = 5_000;

/**
 * Takes away what strangers left: messages PNS disowned or nobody could verify, when they are old, or more of one source
 * than anybody will read. What PNS confirmed is evidence and stays, as PostgreSQL sees to. A genuine message that was given
 * up is not lost with its row: PNS sends what was not verified for two days.
 */
@Injectable()
export class NotificationRetention {
  private dueAt = new Date(0);

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly config: NotificationConfig,
  ) {}

  /** Removes one batch, if the hour has come for that. */
  async runOnce(): Promise<StepReport> {
    const now = this.clock.now();
    if (now < this.dueAt) return NOTHING_DUE;
    const removed = await this.database.execute(
      `DELETE FROM notification
       WHERE ${PRUNABLE_SQL} AND id IN (
         SELECT id FROM (
           SELECT id, last_received_at, row_number() OVER latest AS place, sum(octet_length(raw_body)) OVER latest AS bytes
           FROM notification WHERE ${PRUNABLE_SQL}
           WINDOW latest AS (PARTITION BY source_address ORDER BY id DESC)) AS ranked
         WHERE last_received_at < $1 OR place > $2 OR bytes > $3
         ORDER BY id
         LIMIT $4)`,
      [
        secondsAfter(now, -this.config.retentionDays * DAY_SECONDS),
        KEPT_OF_A_SOURCE,
        KEPT_BYTES_OF_A_SOURCE,
        BATCH_ROWS,
      ],
    );
    if (removed < BATCH_ROWS) this.dueAt = secondsAfter(now, EVERY_SECONDS);
    if (removed === 0) return NOTHING_DUE;
    this.logger.info('unverified notifications removed', { removed });
    return { done: removed, postponed: 0 };
  }
}

const PRUNABLE_SQL = `(state = 'Rejected' OR given_up_at IS NOT NULL)`;
