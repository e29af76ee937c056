import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AddressInfo } from 'node:net';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { serveApiDocs } from './admin';
import { AppModule } from './app.module';
import { TRIAL_KEYS_FILE, type Configuration } from './config';
import type { Webhook } from './inbox';
import type { ErrorCode } from './kernel/error-codes';
import { DomainError, codeOf, messageOf } from './kernel/errors';
import { registerOperatorNotices } from './start/operator-notices';
import type { Clock } from './platform/clock';
import { Lifecycle } from './platform/health';
import {
  FINISH_MS,
  ProblemFilter,
  createHttpAdapter,
  createValidationPipe,
  drain,
  serveManagement,
  type DrainTimes,
  type HttpLimits,
  type ManagementServer,
} from './platform/http-server';
import { NestLogger, openRootLogger, type LogDestination, type RootLogger } from './platform/logging';
import { Metrics } from './platform/metrics';
import { registerReadinessChecks } from './start/readiness-checks';
import { openClock } from './start/clock';
import { openDatabase } from './start/database';
import { StartError } from './start/start-error';

/** What tests and the demo may put in the place of the real thing. */
export interface ServiceOverrides {
  clock?: Clock;
  logDestination?: LogDestination;
  lifecycle?: Lifecycle;
  drainTimes?: DrainTimes;
  httpLimits?: HttpLimits;
  /** How often certificate files are looked at, in milliseconds. */
  tlsPollMs?: number;
  /** Ways in which gateways send messages. */
  webhooks?: readonly Webhook[];
}

export interface RunningService {
  app: NestFastifyApplication;
  /** Where it can be reached from this machine, with the port the system chose if it was left to it. */
  url: string;
  /** Where metrics and health are, if not there. */
  managementPort: number | undefined;
  log: RootLogger;
  /** Drains and closes everything; resolves when nothing is left. */
  close(): Promise<void>;
}

/**
 * Starts the service in this process: the database is waited for and migrated, then the roles of the configuration run.
 *
 * @throws {StartError} with one clear message for whatever the operator can mend
 */
export async function startService(
  configuration: Configuration,
  overrides: ServiceOverrides = {},
): Promise<RunningService> {
  const log = openLog(configuration, overrides);
  const closers: (() => Promise<void>)[] = [() => log.close()];
  const closeAll = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    return await start(configuration, overrides, log, closers, closeAll);
  } catch (error) {
    await closeAll();
    throw error instanceof DomainError ? new StartError(withRemedy(error, configuration), { cause: error }) : error;
  }
}

const OTHER_KEYS: readonly ErrorCode[] = ['encryption-key-unknown', 'ciphertext-invalid'];

/** Keys and data that don't belong together happen to whoever tries things out; there, nothing is lost for good. */
function withRemedy({ code, message }: DomainError, { database, storage }: Configuration): string {
  if (database.url !== undefined || !OTHER_KEYS.includes(code)) return message;
  const { directory } = storage;
  const kept = join(directory, TRIAL_KEYS_FILE);
  const orNone = existsSync(kept) ? `, or none where they are those of ${kept}` : '';
  return `${message}\nThe data in ${directory} was made with other keys. Go on with it: state those in ENCRYPTION_KEYS${orNone}. Begin anew: delete ${directory}, and all that is in it is gone, the demo’s too.`;
}

/** @param closers what was opened, in that order; each is closed after what was opened later */
async function start(
  configuration: Configuration,
  overrides: ServiceOverrides,
  log: RootLogger,
  closers: (() => Promise<void>)[],
  closeAll: () => Promise<void>,
): Promise<RunningService> {
  const { lifecycle = new Lifecycle() } = overrides;
  const drainTimes = overrides.drainTimes ?? { noticeMs: configuration.http.shutdownNoticeMs, finishMs: FINISH_MS };
  const opened = await openClock(configuration, overrides.clock, log.logger, lifecycle.shutdown);
  closers.push(() => Promise.resolve(opened.close()));
  const database = await openDatabase(configuration, log.logger, lifecycle.shutdown);
  closers.push(() => database.close());
  const http = { ...configuration.http };
  const parts = { ...overrides, clock: opened.clock, lifecycle };
  const app = await createApplication({ ...configuration, http }, database.url, parts, log);
  closers.push(async () => {
    await drain(app, lifecycle, drainTimes);
    log.logger.info('drained');
  });
  const url = await listen(app, configuration);
  const management = await listenForManagement(app, configuration);
  closers.push(() => Promise.resolve(management?.close()));
  // A port chosen by the system is known only now; nothing has been told the address before.
  if (configuration.http.port === 0) http.publicBaseUrl = http.publicBaseUrl.replace(/:0$/, `:${new URL(url).port}`);
  const managementPort = management?.port;
  log.logger.info('listening', { url, ...(managementPort && { managementPort }), roles: [...configuration.roles] });
  if (configuration.roles.has('scheduler') && configuration.tstore.account === undefined) {
    log.logger.warn('the account of T store is not set up: what is collected by it is not billed, and goes on waiting');
  }
  return { app, url, managementPort, log, close: closeAll };
}

async function createApplication(
  configuration: Configuration,
  databaseUrl: string,
  overrides: ServiceOverrides & { clock: Clock; lifecycle: Lifecycle },
  log: RootLogger,
): Promise<NestFastifyApplication> {
  const metrics = new Metrics();
  const { clock, lifecycle, httpLimits, tlsPollMs, webhooks } = overrides;
  const adapter = await createHttpAdapter({
    config: configuration.http,
    log,
    metrics,
    lifecycle,
    ...(httpLimits && { limits: httpLimits }),
    ...(tlsPollMs !== undefined && { tlsPollMs }),
  }).catch(asStartError);
  const parts = { configuration, databaseUrl, clock, logger: log.logger, metrics, lifecycle, webhooks };
  const module = AppModule.forRoot(parts);
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: new NestLogger(log.logger),
    abortOnError: false,
    // The adapter brings its own parsers; Nest's would accept forms everywhere.
    bodyParser: false,
  });
  app.useGlobalFilters(new ProblemFilter(log.logger));
  app.useGlobalPipes(createValidationPipe());
  if (configuration.roles.has('admin')) serveApiDocs(app);
  registerReadinessChecks(app, configuration.roles);
  registerOperatorNotices(app, metrics);
  return app;
}

async function listen(app: NestFastifyApplication, { http }: Configuration): Promise<string> {
  try {
    await app.listen({ host: http.host, port: http.port });
  } catch (error) {
    throw listenError(error);
  }
  const { port } = app.getHttpServer().address() as AddressInfo;
  const anywhere = http.host === '0.0.0.0' || http.host === '::';
  const host = anywhere ? '127.0.0.1' : http.host.includes(':') ? `[${http.host}]` : http.host;
  return `${http.tls ? 'https' : 'http'}://${host}:${port}`;
}

async function listenForManagement(
  app: NestFastifyApplication,
  { http }: Configuration,
): Promise<ManagementServer | undefined> {
  if (http.managementPort === undefined) return undefined;
  try {
    return await serveManagement(app.getHttpAdapter().getInstance(), http.host, http.managementPort);
  } catch (error) {
    throw listenError(error, 'MANAGEMENT_PORT');
  }
}

/** What the operator reads when the address can't be had. */
const LISTEN_FAULTS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'PORT: another process listens on this port already',
  EACCES: 'PORT: this process may not listen on this port',
  EADDRNOTAVAIL: 'HOST: not an address of this machine',
  ENOTFOUND: 'HOST: not a known name',
};

function listenError(error: unknown, portSetting = 'PORT'): unknown {
  const fault = LISTEN_FAULTS[codeOf(error) ?? ''];
  return fault === undefined ? error : new StartError(fault.replace(/^PORT/, portSetting), { cause: error });
}

function openLog({ logging }: Configuration, { logDestination }: ServiceOverrides): RootLogger {
  try {
    return openRootLogger(logging, { ...(logDestination && { destination: logDestination }) });
  } catch (error) {
    throw new StartError(`LOG_DIR: can’t be written to: ${messageOf(error)}`, { cause: error });
  }
}

function asStartError(error: unknown): never {
  throw new StartError(messageOf(error), { cause: error });
}
