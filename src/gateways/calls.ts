import { performance } from 'node:perf_hooks';
import type { Histogram } from 'prom-client';
import type { HttpOutcome } from '../platform/http-client';
import type { Logger } from '../platform/logging';
import type { Metrics } from '../platform/metrics';
import { GATEWAY_TITLES, type GatewayName } from './gateway';

/**
 * One log line and one observation for each call to a gateway: what for, how it was answered and when. Until the head of the
 * answer, for a file. Never an address, a header or a body: secrets and ids are in them.
 */
export class GatewayCalls<Operation extends string> {
  private readonly title: string;
  private readonly durations: Histogram<'operation' | 'outcome'>;

  constructor(
    gateway: GatewayName,
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.title = GATEWAY_TITLES[gateway];
    this.durations = metrics.histogram({
      name: `${gateway}_call_duration_seconds`,
      help: `Calls to ${this.title}, by what for and by HTTP status, or by why there was no answer`,
      labelNames: ['operation', 'outcome'],
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
    });
  }

  /** @param expected a status that is as good as a success, whatever it says of others */
  async observe<Body>(
    operation: Operation,
    call: () => Promise<HttpOutcome<Body>>,
    expected?: number,
  ): Promise<HttpOutcome<Body>> {
    const startedAt = performance.now();
    const outcome = await call();
    const ms = Math.round(performance.now() - startedAt);
    const result = outcome.kind === 'answered' ? String(outcome.status) : outcome.reason;
    this.durations.observe({ operation, outcome: result }, ms / 1000);
    const isWell = outcome.kind === 'answered' && (outcome.status < 400 || outcome.status === expected);
    this.logger[isWell ? 'info' : 'warn'](`${this.title} called`, { operation, outcome: result, ms });
    return outcome;
  }
}
