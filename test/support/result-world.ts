import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BillingTokenVault } from '../../src/billing-token';
import {
  ReconciliationService,
  ResultDownloadService,
  ResultLoadingService,
  SettlementService,
} from '../../src/bulk-payment';
import { readConfiguration } from '../../src/config';
import type { StepReport } from '../../src/kernel/step-report';
import { LineStopRepository, LineStops } from '../../src/line-stop';
import { Database } from '../../src/platform/database';
import { startService, type RunningService } from '../../src/service';
import { ADMIN_KEY, MovableClock, type JsonBody } from './billing-world';
import { JobEnd, type JobRow } from './job-end';
import { ResultGateway } from './result-gateway';
import type { AskedCharge } from './result-file-model';
import { serviceEnvironment } from './service-environment';
import { createTestDatabase, type TestDatabase } from './test-database';

export const MERCHANT_ID = 'skpcorp';
export const STAGES = ['download', 'load', 'reconcile', 'settle'] as const;
export type Stage = (typeof STAGES)[number];

/** A job the gateway has completed, as a test knows it. */
export interface VerifiedJob {
  id: string;
  gatewayJobId: string;
}

/** The service without its scheduler, and a gateway that serves what a test likes: stages run when the test says so. */
export class ResultWorld {
  private constructor(
    readonly service: RunningService,
    readonly gateway: ResultGateway,
    readonly clock: MovableClock,
    readonly dataDirectory: string,
    private readonly ownDatabase: TestDatabase | undefined,
  ) {}

  /** @param databaseUrl a migrated database; one of its own without it */
  static async start(databaseUrl?: string, settings: NodeJS.ProcessEnv = {}): Promise<ResultWorld> {
    const ownDatabase = databaseUrl === undefined ? await createTestDatabase() : undefined;
    const gateway = await ResultGateway.start();
    const dataDirectory = await mkdtemp(join(tmpdir(), 'result-world-'));
    const clock = new MovableClock();
    const environment = serviceEnvironment(databaseUrl ?? ownDatabase?.url ?? '', {
      // The admin role has every service and no scheduler.
      ROLE: 'admin',
      DATA_DIR: dataDirectory,
      TSTORE_AUTH_BASE_URL: gateway.url,
      TSTORE_API_BASE_URL: gateway.url,
      TSTORE_PNS_BASE_URL: gateway.url,
      ...settings,
    });
    const service = await startService(readConfiguration(environment), {
      clock,
      drainTimes: { noticeMs: 0, finishMs: 5_000 },
    });
    return new ResultWorld(service, gateway, clock, dataDirectory, ownDatabase);
  }

  get database(): Database {
    return this.service.app.get(Database);
  }

  run(stage: Stage): Promise<StepReport> {
    const services = {
      download: ResultDownloadService,
      load: ResultLoadingService,
      reconcile: ReconciliationService,
      settle: SettlementService,
    };
    return this.service.app.get<{ runOnce(): Promise<StepReport> }>(services[stage]).runOnce();
  }

  /** Stores a job whose completion PNS has confirmed, with its charges in this order. */
  async verifiedJob(charges: readonly AskedCharge[]): Promise<VerifiedJob> {
    const gatewayJobId = randomUUID();
    const vault = this.service.app.get(BillingTokenVault);
    const now = new Date();
    return this.database.transaction(async (session) => {
      await vault.store(
        session,
        charges.map(({ token }) => token),
        now,
      );
      const total = charges.reduce((sum, { amount }) => sum + amount, 0);
      const [job] = await session.rows<{ id: string }>(WRITTEN_JOB, [
        createHash('sha256').update(gatewayJobId).digest(),
        MERCHANT_ID,
        charges.length,
        total,
        now,
      ]);
      const id = job?.id ?? '';
      await session.execute(SUBMITTED, [id, now, gatewayJobId]);
      await session.execute(COMPLETED, [id, now]);
      await session.execute(VERIFIED, [id, now]);
      await session.execute(CHARGES, [id, now, JSON.stringify(charges)]);
      return { id, gatewayJobId };
    });
  }

  /** Takes jobs that a failed test left behind out of the stages' way. */
  async forgetOpenJobs(): Promise<void> {
    await this.database.execute(
      "UPDATE bulk_payment_job SET next_attempt_at = 'infinity', lease_id = NULL, lease_until = NULL WHERE settled_at IS NULL",
    );
  }

  /** Order numbers whose line stops park the job. */
  async stoppedOrders(job: VerifiedJob): Promise<string[]> {
    const { items } = await this.get(`line-stops?state=Open&jobId=${job.id}`);
    return items.map((stop: JsonBody) => stop.evidence.orderNo).sort();
  }

  /** Lets a job go on, as a person does who has looked into each of its line stops. */
  async resolveStops(job: VerifiedJob): Promise<void> {
    const { items } = await this.get(`line-stops?state=Open&jobId=${job.id}`);
    const stops = this.service.app.get(LineStopRepository);
    const resolution = { actor: 'test', reason: 'looked into', at: this.clock.now() };
    for (const { id } of items as { id: string }[]) {
      const stop = await this.service.app.get(LineStops).get(id);
      await this.database.transaction((session) => stops.resolve(session, stop, resolution));
    }
  }

  end(job: VerifiedJob): Promise<JobEnd> {
    return JobEnd.read(this.database, job.id, (path) => this.get(path));
  }

  async row(job: VerifiedJob): Promise<JobRow> {
    const [row] = await this.database.rows<JobRow>('SELECT * FROM bulk_payment_job WHERE id = $1', [job.id]);
    return row as JobRow;
  }

  async close(): Promise<void> {
    await this.service.close();
    await this.gateway.close();
    await this.ownDatabase?.drop();
    await rm(this.dataDirectory, { recursive: true, force: true });
  }

  async get(path: string): Promise<JsonBody> {
    const headers = { Authorization: `Bearer ${ADMIN_KEY}` };
    const response = await fetch(`${this.service.url}/admin/v1/${path}`, { headers });
    return response.json();
  }
}

const WRITTEN_JOB = `
  INSERT INTO bulk_payment_job (state, origin, content_sha256, merchant_id, line_count, total_amount, created_at,
    request_file_name, request_file_sha256, request_file_bytes, request_file_written_at)
  VALUES ('Created', 'upload', $1, $2, $3, $4, $5, 'request-files/none.pay', $1, 1, $5)
  RETURNING id`;
const SUBMITTED = `
  UPDATE bulk_payment_job SET state = 'Processing', submission_started_at = $2, ver_bulk_pay = '1', bid = 'skplanet',
    notification_url = '', priority = 'Instant', submitted_line_count = line_count, gateway_job_id = $3 WHERE id = $1`;
const COMPLETED = `UPDATE bulk_payment_job SET state = 'Completed', completed_at = $2 WHERE id = $1`;
const VERIFIED = `UPDATE bulk_payment_job SET state = 'VerifiedCompleted', verified_at = $2 WHERE id = $1`;

const CHARGES = `
  INSERT INTO charge (order_no, bulk_payment_job_id, line_number, store_product_id, product_name, amount,
    carrier_amount, credit_card_amount, tmembership_amount, billing_token_hash, created_at)
  SELECT asked."orderNo", $1, row_number() OVER () + 1, asked."productId", asked."productName", asked.amount,
    asked."carrierAmount", asked."creditCardAmount", asked."tmembershipAmount",
    sha256(convert_to(asked.token, 'UTF8')), $2
  FROM jsonb_to_recordset($3::jsonb) AS asked ("orderNo" text, "productId" text, "productName" text, token text,
    amount bigint, "carrierAmount" bigint, "creditCardAmount" bigint, "tmembershipAmount" bigint)`;
