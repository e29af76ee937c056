import { Injectable } from '@nestjs/common';
import { LineStops } from '../../line-stop';
import type { SqlSession } from '../../platform/database';
import type { BulkPaymentJob } from '../job/bulk-payment-job.entity';

/** What the gateway says of a job, and where it said so. */
export interface Heard {
  gatewayJobId: string;
  from: string;
}

/**
 * Whether the gateway's word can't be true beside what is recorded: it has a job that was given up, or has it under
 * another id. Then money may have been taken that nobody here waits for.
 */
export function contradicts(job: Pick<BulkPaymentJob, 'state' | 'gatewayJobId'>, gatewayJobId: string): boolean {
  return job.state === 'Failed' || (job.gatewayJobId !== null && job.gatewayJobId !== gatewayJobId);
}

/** Stops the line where the gateway contradicts what is recorded of a job. */
@Injectable()
export class GatewayContradictions {
  constructor(private readonly stops: LineStops) {}

  /** @returns whether there is a contradiction, which then parks the job */
  async raise(session: SqlSession, job: BulkPaymentJob, { gatewayJobId, from }: Heard): Promise<boolean> {
    if (!contradicts(job, gatewayJobId)) return false;
    const known = job.state === 'Failed' ? 'has Failed' : `is gateway job ${job.gatewayJobId}`;
    const violation = `job ${job.id} ${known}, and the gateway has it as ${gatewayJobId}`.slice(0, 500);
    const evidence = { gatewayJobId, from, known: job.gatewayJobId, failureReason: job.failureReason };
    const found = {
      sql: `SELECT 'gateway-contradicts' AS kind, $1::bigint AS bulk_payment_job_id, NULL::bigint AS subscription_id,
        $2::text AS violation, $3::jsonb AS evidence`,
      parameters: [job.id, violation, JSON.stringify(evidence)],
    };
    await this.stops.raise(session, found, 'gateway');
    return true;
  }
}
