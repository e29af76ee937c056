import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { trialKeys } from '../src/config';
import { billingDateAfter, seoulDateAt } from '../src/kernel/seoul-calendar';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../src/platform/embedded-postgres';
import { Connection } from '../src/platform/database';
import { billMonths, travelling } from './many-months';
import { billOneMonth } from './one-month';
import { startParts, type StartedParts } from './parts';

export interface DemoOptions {
  /** Sold at the first run; later runs bill the same ones. */
  subscriptions: number;
  /** How many months to go through, day by simulated day; `undefined` bills one month at once, on real time. */
  months: number | undefined;
  port: number;
  print: (line: string) => void;
}

export interface FinishedDemo {
  /** Whether every sum was right. */
  addsUp: boolean;
  /** Where to look next, as long as it serves. */
  addresses: string;
  close(): Promise<void>;
}

/** Moved time has a database of its own, made anew each time: nobody's days are billed before they come. */
const MONTHS_DATABASE = 'demo_months';

/** Starts everything, bills a month or many, and leaves it running. */
export async function runDemo(options: DemoOptions): Promise<FinishedDemo> {
  const { print, months, subscriptions, port } = options;
  // Of its own: what `npm start` keeps beside it may have other keys, and goes on as if the demo had never been.
  const dataDirectory = join(process.env.DATA_DIR || '.data', 'demo');
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.reverse()) await closer();
  };
  try {
    print(`The demo’s data and keys are in ${dataDirectory}; .env is not read.`);
    print('Delete the folder to begin anew.');
    print('Starting PostgreSQL, the simulator of T store and Toss, and the service …');
    const postgres = await startEmbeddedPostgres({ directory: `${dataDirectory}/postgres`, log: print });
    closers.push(() => postgres.stop());
    const startsOn = billingDateAfter(seoulDateAt(new Date()), 1, 1);
    const parts = await startParts(
      months === undefined
        ? {
            databaseUrl: postgres.url,
            dataDirectory,
            port,
            settings: trialKeys(dataDirectory),
            // The service outlives the simulator in the data, so its job ids must not begin at 1 each time.
            simulator: { firstJobId: Math.floor(Date.now() / 1000) },
            print,
          }
        : { ...(await emptyPlace(postgres, `${dataDirectory}/months`)), port, ...travelling(startsOn), print },
    );
    closers.push(() => parts.close());
    const addsUp =
      months === undefined
        ? await billOneMonth(parts, subscriptions)
        : await billMonths(parts, { months, subscriptions, startsOn });
    return { addsUp, addresses: addressesOf(parts), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function emptyPlace(
  postgres: EmbeddedPostgres,
  dataDirectory: string,
): Promise<{ databaseUrl: string; dataDirectory: string }> {
  await rm(dataDirectory, { recursive: true, force: true });
  const client = new Connection(postgres.adminUrl);
  await client.connect();
  try {
    await client.query(`DROP DATABASE IF EXISTS ${MONTHS_DATABASE} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${MONTHS_DATABASE}`);
    // Thrown away at the next start anyway, so nobody waits for the disk at each of the twenty thousand commits.
    await client.query(`ALTER DATABASE ${MONTHS_DATABASE} SET synchronous_commit = off`);
  } finally {
    await client.end();
  }
  const url = new URL(postgres.url);
  url.pathname = `/${MONTHS_DATABASE}`;
  return { databaseUrl: url.href, dataDirectory };
}

function addressesOf(parts: StartedParts): string {
  const service = parts.service.url;
  const authorization = `-H "Authorization: Bearer ${parts.environment.ADMIN_BOOTSTRAP_KEY}"`;
  return `
Where to look next:
  the admin API, as a page   ${service}/docs
  the operators’ program     MERCHANT_BILLING_URL=${service} MERCHANT_BILLING_API_KEY=${parts.environment.ADMIN_BOOTSTRAP_KEY} npm run cli -- summary
  jobs                       curl ${authorization} ${service}/admin/v1/bulk-payment-jobs
  health and metrics         ${service}/health/ready   ${service}/metrics
  the simulator              ${parts.simulator.baseUrl}/
`;
}
