import { Injectable } from '@nestjs/common';
import { LineStops } from '../../line-stop';
import type { SqlSession } from '../../platform/database';
import type { BulkPaymentJob } from '../job/bulk-payment-job.entity';
import { BulkPaymentJobRepository } from '../job/bulk-payment-job.repository';
import { PAID_BESIDE_JOB_SQL } from './gateway-contradictions.sql';

/** What the gateway says of a job, and where it said so. */
export interface Heard {
  gatewayJobId: string;
  from: string;
}

/** Who heard it, for the history of what is parked. */
const ACTOR = 'gateway';

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
  constructor(
    private readonly stops: LineStops,
    private readonly jobs: BulkPaymentJobRepository,
  ) {}

  /** @returns whether there is a contradiction, which then parks the job */
  async raise(session: SqlSession, job: BulkPaymentJob, { gatewayJobId, from }: Heard): Promise<boolean> {
    const violation = (await this.violationOf(session, job, gatewayJobId))?.slice(0, 500);
    if (violation === undefined) return false;
    const evidence = { gatewayJobId, from, known: job.gatewayJobId, failureReason: job.failureReason };
    const found = {
      sql: `SELECT 'gateway-contradicts' AS kind, $1::bigint AS bulk_payment_job_id, NULL::bigint AS subscription_id,
        $2::text AS violation, $3::jsonb AS evidence`,
      parameters: [job.id, violation, JSON.stringify(evidence)],
    };
    await this.stops.raise(session, found, ACTOR);
    // A rebill that was sent before may be paid by now.
    if (job.state === 'Failed')
      await this.stops.raise(session, { sql: PAID_BESIDE_JOB_SQL, parameters: [job.id] }, ACTOR);
    return true;
  }

  private async violationOf(
    session: SqlSession,
    job: BulkPaymentJob,
    gatewayJobId: string,
  ): Promise<string | undefined> {
    if (contradicts(job, gatewayJobId)) {
      const known = job.state === 'Failed' ? 'has Failed' : `is gateway job ${job.gatewayJobId}`;
      return `job ${job.id} ${known}, and the gateway has it as ${gatewayJobId}`;
    }
    const other = await this.jobs.withGatewayJob(job, gatewayJobId, session);
    return (
      other && `job ${other.id} is recorded as gateway job ${gatewayJobId}, which the gateway has job ${job.id} as`
    );
  }
}
