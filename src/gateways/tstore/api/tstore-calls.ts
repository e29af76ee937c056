import { Injectable } from '@nestjs/common';
import { performance } from 'node:perf_hooks';
import type { Histogram } from 'prom-client';
import type { HttpOutcome } from '../../../platform/http-client';
import { Logger } from '../../../platform/logging';
import { Metrics } from '../../../platform/metrics';

/** What T store is asked for. */
export type TstoreOperation = 'token' | 'submit' | 'download-result' | 'transaction' | 'refund' | 'verify';

/**
 * One log line and one observation for each call to T store: what for, how it was answered and when. Until the head of the
 * answer, for a result file. Never an address, a header or a body: tokens and ids are in them.
 */
@Injectable()
export class TstoreCalls {
  private readonly durations: Histogram<'operation' | 'outcome'>;

  constructor(
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.durations = metrics.histogram({
      name: 'tstore_call_duration_seconds',
      help: 'Calls to T store, by what for and by HTTP status, or by why there was no answer',
      labelNames: ['operation', 'outcome'],
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
    });
  }

  async observe<Body>(operation: TstoreOperation, call: () => Promise<HttpOutcome<Body>>): Promise<HttpOutcome<Body>> {
    const startedAt = performance.now();
    const outcome = await call();
    const ms = Math.round(performance.now() - startedAt);
    const result = outcome.kind === 'answered' ? String(outcome.status) : outcome.reason;
    this.durations.observe({ operation, outcome: result }, ms / 1000);
    const isWell = outcome.kind === 'answered' && outcome.status < 400;
    this.logger[isWell ? 'info' : 'warn']('T store called', { operation, outcome: result, ms });
    return outcome;
  }
}
