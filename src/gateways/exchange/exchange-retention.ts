import { Injectable } from '@nestjs/common';
import { EvidenceConfig } from '../../config';
import { NOTHING_DUE, type StepReport } from '../../kernel/step-report';
import { Clock, secondsAfter } from '../../platform/clock';
import { Database } from '../../platform/database';
import { Logger } from '../../platform/logging';

const EVERY_SECONDS = 3_600;
const DAY_SECONDS = 86_400;
const BATCH_ROWS = 5_000;

/** Takes away what went over the wire longer ago than evidence is kept. */
@Injectable()
export class ExchangeRetention {
  private dueAt = new Date(0);

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly config: EvidenceConfig,
  ) {}

  /** Removes one batch, if the hour has come for that. */
  async runOnce(): Promise<StepReport> {
    const now = this.clock.now();
    if (now < this.dueAt) return NOTHING_DUE;
    const removed = await this.database.execute(
      `DELETE FROM gateway_exchange WHERE id IN (
         SELECT id FROM gateway_exchange WHERE started_at < $1 ORDER BY started_at LIMIT $2)`,
      [secondsAfter(now, -this.config.retentionDays * DAY_SECONDS), BATCH_ROWS],
    );
    if (removed < BATCH_ROWS) this.dueAt = secondsAfter(now, EVERY_SECONDS);
    if (removed === 0) return NOTHING_DUE;
    this.logger.info('evidence of calls to gateways removed', { removed });
    return { done: removed, postponed: 0 };
  }
}
