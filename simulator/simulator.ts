import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KakaoPayControl } from './kakaopay/control/kakaopay-control';
import { KakaoPay } from './kakaopay/kakaopay';
import type { PortOneControl } from './portone/control/portone-control';
import { PortOne } from './portone/portone';
import { Book } from './tstore/book';
import { CallLog } from './shared/call-log';
import { SimulatorClock } from './shared/clock';
import type { Exchange } from './shared/http/exchange';
import { SimulatorControl } from './tstore/control/control';
import { ControlApi } from './tstore/control/control-api';
import { TstoreFaults } from './tstore/faults/armed-faults';
import { TstoreExchange } from './tstore/exchange';
import { GatewayRouter } from './tstore/router';
import type { Job } from './tstore/jobs/job';
import { JobProcessing } from './tstore/jobs/job-processing';
import { JobRegister } from './tstore/jobs/job-register';
import { ResultCall } from './tstore/jobs/result-call';
import { SubmitCall } from './tstore/jobs/submit-call';
import { Authorization } from './tstore/oauth/authorization';
import { Clients } from './tstore/oauth/clients';
import { TokenCall } from './tstore/oauth/token-call';
import { Tokens } from './tstore/oauth/tokens';
import { DEFAULT_OPTIONS, type SimulatorOptions } from './options';
import { Charging } from './tstore/payments/charging';
import { LookupCall } from './tstore/payments/lookup-call';
import { RefundCall } from './tstore/payments/refund-call';
import { Refunds } from './tstore/payments/refunds';
import { Notifier } from './tstore/pns/notifier';
import { NotificationOutbox } from './tstore/pns/outbox';
import { VerifyCall } from './tstore/pns/verify-call';
import { REFUSAL_CODES } from './tstore/result-codes';
import type { TossControl } from './toss/control/toss-control';
import { TossPayments } from './toss/toss-payments';

/** A running simulator: T store, Toss Payments, KakaoPay and PortOne on one address and one clock; it is each base URL of a client. */
export interface Simulator {
  readonly baseUrl: string;
  readonly port: number;
  readonly control: SimulatorControl;
  readonly toss: TossControl;
  readonly kakaopay: KakaoPayControl;
  readonly portone: PortOneControl;
  /** Ends all connections and removes everything it wrote to disk. */
  close(): Promise<void>;
}

const IDLE_CONNECTION_MS = 75_000;

/** A gateway that shares the address with the T store. */
interface GatewayBeside {
  owns(exchange: Exchange): boolean;
  handle(exchange: Exchange): Promise<void>;
  fail(exchange: Exchange): void;
  isControl(exchange: Exchange): boolean;
  shownPath(path: string): string;
}

interface Wiring {
  clock: SimulatorClock;
  control: SimulatorControl;
  router: GatewayRouter;
  toss: TossPayments;
  kakaopay: KakaoPay;
  portone: PortOne;
  beside: readonly GatewayBeside[];
  log: CallLog;
}

/** Starts a simulator on its own port with its own book; any number may run in one process. */
export async function startSimulator(given: Partial<SimulatorOptions> = {}): Promise<Simulator> {
  const options: SimulatorOptions = { ...DEFAULT_OPTIONS, ...given };
  const folder = await mkdtemp(join(options.temporaryFolder ?? tmpdir(), 'tstore-simulator-'));
  const wiring = wire(options, folder);
  try {
    if (options.scenario) wiring.control.follow(options.scenario);
    const server = await listen(options, wiring);
    const { port } = server.address() as AddressInfo;
    const host = options.host.includes(':') ? `[${options.host}]` : options.host;
    return {
      baseUrl: `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`,
      port,
      control: wiring.control,
      toss: wiring.toss.control,
      kakaopay: wiring.kakaopay.control,
      portone: wiring.portone.control,
      close: async () => {
        wiring.clock.close();
        const closed = new Promise((resolve) => server.close(resolve));
        server.closeAllConnections();
        await closed;
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    wiring.clock.close();
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

function wire(options: SimulatorOptions, folder: string): Wiring {
  const log = new CallLog(options.log);
  const clock = new SimulatorClock(options.startAt ?? Date.now(), options.timeFactor, (error) =>
    log.say(`simulator failed at a scheduled task: ${String(error)}`),
  );
  const faults = new TstoreFaults(options.seed);
  const clients = new Clients(options);
  const tokens = new Tokens(clock, options.tokenExpiryFormat);
  const authorization = new Authorization(tokens, faults);
  const jobs = new JobRegister(clock, folder, options.firstJobId);
  const charging = new Charging(options.seed, options.declineRate);
  const refunds = new Refunds();
  const outbox = new NotificationOutbox(options, clock, log);
  const notifier = new Notifier(clock, faults, jobs, outbox);
  const processing = new JobProcessing(clock, charging, options.seed, (job) =>
    notifier.jobCompleted(job, options.notificationDelayMs),
  );
  const completeAndNotify = async (job: Job): Promise<void> => {
    await job.completion?.runNow();
    await notifier.deliverFor(job.id);
  };
  const submit = new SubmitCall(options, { authorization, faults, jobs, processing, folder, completeAndNotify });
  const token = new TokenCall(options, clients, tokens, faults);
  const result = new ResultCall(authorization, faults, jobs);
  const lookup = new LookupCall(authorization, faults, jobs, refunds);
  const refund = new RefundCall(authorization, faults, jobs, refunds, clock);
  const verify = new VerifyCall(authorization, faults, notifier);
  const book = new Book(jobs, refunds, () => outbox.all());
  const toss = new TossPayments(options, clock, log);
  const kakaopay = new KakaoPay(options, clock);
  const portone = new PortOne(options, clock, log);
  return {
    clock,
    log,
    toss,
    kakaopay,
    portone,
    beside: [toss, kakaopay, portone],
    control: new SimulatorControl({ clock, faults, jobs, clients, tokens, charging, notifier, outbox, book, log }),
    router: new GatewayRouter({
      token: (exchange) => token.handle(exchange),
      submit: (exchange) => submit.handle(exchange),
      job: (exchange, jobId) => result.handle(exchange, jobId),
      transaction: (exchange, tid) => lookup.handle(exchange, tid),
      refund: (exchange) => refund.handle(exchange),
      verify: (exchange) => verify.handle(exchange),
    }),
  };
}

async function listen(options: SimulatorOptions, wiring: Wiring): Promise<Server> {
  const controlApi = new ControlApi(wiring.control);
  // A large upload may take longer than Node's default five minutes for a whole request, and a client that keeps
  // connections must not find them closed at the moment it uses them again.
  const server = createServer({ requestTimeout: 0, keepAliveTimeout: IDLE_CONNECTION_MS }, (request, response) => {
    void answer(new TstoreExchange(request, response), wiring, controlApi);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  return server;
}

async function answer(exchange: TstoreExchange, wiring: Wiring, controlApi: ControlApi): Promise<void> {
  const owner = wiring.beside.find((gateway) => gateway.owns(exchange));
  try {
    if (owner) {
      await owner.handle(exchange);
      if (owner.isControl(exchange)) return;
    } else if (controlApi.owns(exchange.path)) {
      await controlApi.handle(exchange);
      return;
    } else {
      await wiring.router.handle(exchange);
    }
  } catch (error) {
    exchange.note += ` simulator failed: ${String(error)}`;
    if (owner) owner.fail(exchange);
    else exchange.result(500, REFUSAL_CODES.failure, 'The simulator failed');
  }
  wiring.log.record({
    at: new Date(wiring.clock.now()).toISOString(),
    direction: 'in',
    method: exchange.method,
    path: owner?.shownPath(exchange.path) ?? exchange.path,
    status: exchange.status,
    durationMs: exchange.durationMs,
    note: exchange.note,
    faults: exchange.faults,
  });
}
