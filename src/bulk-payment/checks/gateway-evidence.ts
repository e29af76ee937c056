import { Injectable } from '@nestjs/common';
import { DomainError } from '../../kernel/errors';
import type { SqlSession } from '../../platform/database';
import type { BulkPaymentJob } from '../job/bulk-payment-job.entity';

/** That the gateway has a job, and as which: said by the gateway itself, and not by a person. */
export interface HeardOfJob {
  jobId: string;
  gatewayJobId: string;
  /** Where it was said, in words. */
  source: string;
  at: Date;
}

/**
 * All that the gateway was heard to say of jobs: messages to a job's own address that PNS confirmed, and whatever has stopped
 * the line, such as an answer that came late. What is resolved was said all the same.
 */
const HEARD_SQL = `
  SELECT job.id AS "jobId", job.gateway_account, notification.gateway_job_id AS "gatewayJobId",
    format('notification %s, which PNS confirmed', notification.id) AS source, notification.verified_at AS at
  FROM bulk_payment_job AS job
  JOIN notification ON notification.callback_token_hash = job.callback_token_hash
  WHERE notification.state = 'Verified' AND notification.gateway_job_id IS NOT NULL
  UNION ALL
  SELECT job.id, job.gateway_account, stop.evidence ->> 'gatewayJobId',
    format('line stop %s, by %s', stop.id, stop.evidence ->> 'from'), stop.raised_at
  FROM line_stop AS stop JOIN bulk_payment_job AS job ON job.id = stop.bulk_payment_job_id
  WHERE stop.kind = 'gateway-contradicts'`;

/** Messages to the own addresses of jobs that PNS is to be asked about. */
const UNVERIFIED_SQL = `
  SELECT job.id AS "jobId", notification.gateway_job_id AS "gatewayJobId",
    format('notification %s, which PNS has not confirmed yet', notification.id) AS source, notification.received_at AS at
  FROM bulk_payment_job AS job
  JOIN notification ON notification.callback_token_hash = job.callback_token_hash
  WHERE notification.state = 'Received' AND notification.next_attempt_at IS NOT NULL
    AND notification.gateway_job_id IS NOT NULL`;

/** Which of the jobs `$1` the gateway was heard to have, or may be: by themselves, or by one that they bill again. */
const MAY_BE_TAKEN_SQL = `
  WITH RECURSIVE lineage AS (
    SELECT id AS asked, id, rebill_of_job_id FROM bulk_payment_job WHERE id = ANY ($1::bigint[])
    UNION ALL
    SELECT lineage.asked, job.id, job.rebill_of_job_id
    FROM lineage JOIN bulk_payment_job AS job ON job.id = lineage.rebill_of_job_id)
  SELECT DISTINCT asked FROM lineage
  WHERE EXISTS (SELECT FROM (${HEARD_SQL}) AS heard WHERE heard."jobId" = lineage.id)
    OR EXISTS (SELECT FROM (${UNVERIFIED_SQL}) AS unverified WHERE unverified."jobId" = lineage.id)`;

/** What the gateway itself was heard to say of jobs; a person's word that is against it is refused. */
@Injectable()
export class GatewayEvidence {
  /** What was heard of any of these jobs, messages first. Under the lock of a job nothing more is heard of it meanwhile. */
  of(session: SqlSession, jobIds: readonly string[]): Promise<HeardOfJob[]> {
    return session.rows<HeardOfJob>(
      `SELECT "jobId", "gatewayJobId", source, at FROM (${HEARD_SQL}) AS heard
       WHERE "jobId" = ANY ($1::bigint[]) ORDER BY source LIKE 'line stop%', at`,
      [jobIds],
    );
  }

  /** Of which of these jobs {@link assertNone} would say so, or of one that they bill again. */
  async mayBeTaken(session: SqlSession, jobIds: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await session.rows<{ asked: string }>(MAY_BE_TAKEN_SQL, [jobIds]);
    return new Set(rows.map(({ asked }) => asked));
  }

  /**
   * That a job is the gateway's job of an id, held against what was heard.
   *
   * @returns what was heard that says so too
   * @throws {DomainError} `evidence-contradicts` when the job was heard to be another one, or the id another job's
   */
  async assertIs(session: SqlSession, job: BulkPaymentJob, gatewayJobId: string): Promise<HeardOfJob | undefined> {
    const heard = await this.of(session, [job.id]);
    const same = heard.find((one) => one.gatewayJobId === gatewayJobId);
    if (same !== undefined) return same;
    const [other] = heard;
    if (other !== undefined) {
      const what = `It can’t be gateway job ${gatewayJobId}: by ${inWords(other)}`;
      throw contradicts(other, `${what}. Attach that one; nothing was changed`);
    }
    const [anothers] = await session.rows<HeardOfJob>(
      `SELECT "jobId", "gatewayJobId", source, at FROM (${HEARD_SQL}) AS heard
       WHERE "gatewayJobId" = $1 AND gateway_account = $2 AND "jobId" <> $3 ORDER BY at LIMIT 1`,
      [gatewayJobId, job.gatewayAccount, job.id],
    );
    if (anothers === undefined) return undefined;
    const what = `Gateway job ${gatewayJobId} is no job of ${job.id}: by ${inWords(anothers)}`;
    const details = { jobId: job.id, gatewayJobId, otherJobId: anothers.jobId };
    throw new DomainError('evidence-contradicts', `${what}; nothing was changed`, details);
  }

  /**
   * That the gateway has none of these jobs, held against what was heard; and against what came to their own addresses, which
   * only T store knows, while PNS is yet to be asked about it.
   *
   * @throws {DomainError} `evidence-contradicts` with the job and its gateway id
   */
  async assertNone(session: SqlSession, jobIds: readonly string[]): Promise<void> {
    const [heard] = await this.of(session, jobIds);
    if (heard !== undefined) throw taken(heard);
    const [unverified] = await session.rows<HeardOfJob>(
      `SELECT * FROM (${UNVERIFIED_SQL}) AS unverified WHERE "jobId" = ANY ($1::bigint[]) ORDER BY at, source LIMIT 1`,
      [jobIds],
    );
    if (unverified === undefined) return;
    throw contradicts(
      unverified,
      `The gateway may have it: by ${inWords(unverified)}. Wait for PNS; nothing was changed`,
    );
  }
}

/** As `notification 7, which PNS confirmed, job 3 is gateway job 4711`. */
function inWords({ source, jobId, gatewayJobId }: HeardOfJob): string {
  return `${source}, job ${jobId} is gateway job ${gatewayJobId}`;
}

/** A refusal of what would be right only if the gateway had not got a job. */
function taken(heard: HeardOfJob): DomainError {
  const what = `The gateway has it: by ${inWords(heard)}`;
  return contradicts(heard, `${what}. Attach that gateway job (attach-gateway-job): its result tells who was charged`);
}

function contradicts({ jobId, gatewayJobId }: HeardOfJob, what: string): DomainError {
  return new DomainError('evidence-contradicts', what, { jobId, gatewayJobId });
}
