import {
  InvalidConfigurationError,
  noteAddress,
  readConfiguration,
  withTrialSettings,
  type Configuration,
} from './config';
import { Lifecycle } from './platform/health';
import { collectEagerly } from './platform/memory';
import type { RunningService } from './service';
import { StartError } from './start/start-error';

/** Orchestrators kill after 30 s; before that, what hangs is reported and ended here. */
const CLOSE_WITHIN_MS = 28_000;

/**
 * Exit codes: 0 after a signal, 1 when the service could not start, could not close in time, or failed.
 */
async function main(): Promise<void> {
  collectEagerly();
  const lifecycle = new Lifecycle();
  const signalled = firstSignal(lifecycle);
  const { settings, keysFile } = withTrialSettings(process.env);
  const configuration = readConfiguration(settings);
  // Loaded when it is needed: most of the program, and a second that nobody waits for who must mend a setting first.
  const { startService } = await import('./service.js');
  const { measureProcess } = await import('./platform/metrics/index.js');
  measureProcess();
  const service = await startService(configuration, { lifecycle });
  endOnFault(service);
  if (isTrial(configuration)) {
    noteAddress(configuration.storage.directory, service.url);
    process.stderr.write(greeting(service.url, configuration.http.host, keysFile));
  }
  const signal = await signalled;
  service.log.logger.info('draining', { signal });
  await service.close();
  process.exit(0);
}

/** Whether it is tried out here, with a database of its own. */
function isTrial({ deployment, database, roles }: Configuration): boolean {
  return deployment.environment === 'simulator' && database.url === undefined && roles.has('admin');
}

/** For whoever tries it out; the log is for machines. @param keysFile where its keys are, when it has made them itself */
function greeting(url: string, host: string, keysFile: string | undefined): string {
  const keys =
    keysFile === undefined
      ? 'those of ADMIN_BOOTSTRAP_KEY and ENCRYPTION_KEYS'
      : `${keysFile} (keep it with the data beside it, or delete both)`;
  const others = host === '0.0.0.0' || host === '::' ? ', and on every address of this machine (HOST)' : '';
  return `
The billing service listens on ${url}${others}, for trying it out:
  the admin API, as a page  ${url}/docs
  its keys                  ${keys}
  T store                   the simulator: npm run simulator, in another terminal
  your first bill           docs/quickstart.md

`;
}

/** @returns the first signal to end; the second one ends the process at once */
function firstSignal(lifecycle: Lifecycle): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let received = false;
    const receive = (signal: NodeJS.Signals): void => {
      if (received) process.exit(1);
      received = true;
      lifecycle.beginShutdown();
      setTimeout(() => fail(new Error(`not closed within ${CLOSE_WITHIN_MS} ms`)), CLOSE_WITHIN_MS).unref();
      resolve(signal);
    };
    process.on('SIGTERM', receive);
    process.on('SIGINT', receive);
  });
}

/** A fault nobody handled leaves the process in an unknown state: it is written down, and the process ends. */
function endOnFault({ log }: RunningService): void {
  const end = (error: unknown): void => {
    log.logger.fatal('unhandled fault', { error });
    log.flush();
    process.exit(1);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}

function fail(error: unknown): void {
  const expected = error instanceof InvalidConfigurationError || error instanceof StartError;
  process.stderr.write(`${expected ? error.message : String((error as Error).stack ?? error)}\n`);
  process.exit(1);
}

main().catch(fail);
