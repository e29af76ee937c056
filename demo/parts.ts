import { createServer } from 'node:net';
import { DEMO_ADMIN_KEY, DEMO_ENCRYPTION_KEY, readConfiguration } from '../src/config';
import type { Clock } from '../src/platform/clock';
import { startService, type RunningService } from '../src/service';
import { serviceSettings, startSimulator, tossSettings, type Simulator, type SimulatorOptions } from '../simulator';
import { AdminClient } from './admin-client';

/** What the demo shows: the service, the gateways it talks to, and the admin API. */
export interface DemoParts {
  service: RunningService;
  simulator: Simulator;
  client: AdminClient;
  /** With the bootstrap key, which makes keys and gateway accounts. */
  administrator: AdminClient;
  print: (line: string) => void;
}

export interface PartsOptions {
  databaseUrl: string;
  dataDirectory: string;
  /** Another one is taken when it is not free. */
  port: number;
  simulator: Partial<SimulatorOptions>;
  settings?: NodeJS.ProcessEnv;
  /** The service's clock, when it is not this machine's. */
  clockOf?: ((simulator: Simulator) => Clock) | undefined;
  print: (line: string) => void;
}

export interface StartedParts extends DemoParts {
  /** What the service was configured with, to start replicas of it. */
  environment: NodeJS.ProcessEnv;
  close(): Promise<void>;
}

/** Starts simulator and service on a database. */
export async function startParts(options: PartsOptions): Promise<StartedParts> {
  const { print, clockOf } = options;
  const simulator = await startSimulator(options.simulator);
  try {
    const environment: NodeJS.ProcessEnv = {
      HOST: '127.0.0.1',
      PORT: String((await isFree(options.port)) ? options.port : 0),
      DATABASE_URL: options.databaseUrl,
      DATA_DIR: options.dataDirectory,
      ENCRYPTION_KEYS: `demo:${DEMO_ENCRYPTION_KEY}`,
      ADMIN_BOOTSTRAP_KEY: DEMO_ADMIN_KEY,
      ADMIN_REQUESTS_PER_MINUTE: '0',
      ...serviceSettings(simulator.baseUrl),
      ...tossSettings(simulator.baseUrl),
      // Whose books are gone with the simulator, so days before can't be compared.
      TIE_OUT_CRON: 'none',
      SCHEDULER_TICK_SECONDS: '1',
      // The demo's first run has nothing to be compared with, and shows itself without a person.
      BILLING_RUN_CONFIRM_FACTOR: '0',
      // Nobody is there to agree to what is unusual about a few customers' upload.
      UPLOAD_CONFIRM_FACTOR: '0',
      UPLOAD_CONFIRM_REPEATED_CHARGES: '0',
      LOG_LEVEL: process.env.LOG_LEVEL ?? 'error',
      ...options.settings,
    };
    const service = await startService(readConfiguration(environment), {
      ...(clockOf && { clock: clockOf(simulator) }),
    });
    const close = async (): Promise<void> => {
      await service.close();
      await simulator.close();
    };
    const administrator = new AdminClient(service.url, environment.ADMIN_BOOTSTRAP_KEY ?? '');
    const client = new AdminClient(service.url, await keyOfDemo(administrator));
    return { service, simulator, client, administrator, print, environment, close };
  } catch (error) {
    await simulator.close();
    throw error;
  }
}

/** The bootstrap key makes keys and moves no money; what the demo does is done with a key of its own. */
async function keyOfDemo(administrator: AdminClient): Promise<string> {
  const order = { name: 'demo', owner: 'demo', role: 'manager' };
  const made = await administrator.act('POST', 'api-keys', order);
  return (made.body as { token: string }).token;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
