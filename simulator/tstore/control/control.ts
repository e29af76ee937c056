import type { NotificationMessage } from '../../../src/gateways/tstore/wire';
import type { Book, BookEntry, BookTotals } from '../book';
import { ControlError } from '../../shared/control/json-routes';
import type { CallLog, RecordedCall } from '../../shared/call-log';
import type { SimulatorClock } from '../../shared/clock';
import type { TstoreFaults, ArmedFaultView, FaultOrder } from '../faults/armed-faults';
import { checkScenario, type Scenario } from '../faults/scenario';
import type { JobRegister } from '../jobs/job-register';
import type { Clients } from '../oauth/clients';
import type { Tokens } from '../oauth/tokens';
import type { Charging } from '../payments/charging';
import type { Refund } from '../payments/refunds';
import type { Notifier } from '../pns/notifier';
import type { NotificationOutbox } from '../pns/outbox';
import { jobView, notificationView, type JobView, type NotificationView } from './views';

interface ControlParts {
  clock: SimulatorClock;
  faults: TstoreFaults;
  jobs: JobRegister;
  clients: Clients;
  tokens: Tokens;
  charging: Charging;
  notifier: Notifier;
  outbox: NotificationOutbox;
  book: Book;
  log: CallLog;
}

/** Everything a test, the control API and the page can do to the simulator and read of it. */
export class SimulatorControl {
  constructor(private readonly parts: ControlParts) {}

  /** Arms a fault: once, unless the order says how often or for what share of calls. */
  armFault(order: FaultOrder): ArmedFaultView {
    return this.parts.faults.arm(order);
  }

  disarmFault(id: number): boolean {
    return this.parts.faults.disarm(id);
  }

  disarmAllFaults(): void {
    this.parts.faults.disarmAll();
  }

  faults(): ArmedFaultView[] {
    return this.parts.faults.list();
  }

  /** Follows a scenario from now on: decline wishes are added, its faults are armed. */
  follow(scenario: Scenario): void {
    const checked = checkScenario(scenario);
    this.parts.charging.follow(checked);
    for (const order of checked.faults ?? []) this.parts.faults.arm(order);
  }

  jobs(): JobView[] {
    return this.parts.jobs.all().map(jobView);
  }

  job(jobId: string): JobView | null {
    const job = this.parts.jobs.find(jobId);
    return job ? jobView(job) : null;
  }

  notifications(): NotificationView[] {
    return this.parts.outbox.all().map(notificationView);
  }

  /**
   * Completes every accepted job and sends every message that waits, due or not; resolves when all are answered, with
   * how many messages were sent.
   */
  async deliverNotifications(): Promise<number> {
    await Promise.all(this.parts.jobs.all().map(async (job) => job.completion?.runNow()));
    return this.parts.notifier.deliverAll();
  }

  /** Sends one message again, in so many copies at once, unless it is verified. */
  async sendNotification(id: number, copies = 1): Promise<NotificationView> {
    const notification = this.parts.outbox.all().find((one) => one.id === id);
    if (!notification) throw new ControlError(`no notification ${id}`, 404);
    await this.parts.outbox.send(notification, copies);
    return notificationView(notification);
  }

  /** Sends a message that PNS never sent, for verification to deny. */
  async forgeNotification(url: string, message: NotificationMessage): Promise<NotificationView> {
    if (!/^https?:/.test(url) || !URL.canParse(url)) throw new ControlError('url must be an http or https address');
    return notificationView(await this.parts.notifier.forge(url, message));
  }

  bookTotals(jobId?: string): BookTotals {
    return this.parts.book.totals(jobId);
  }

  bookOfOrder(orderNo: string): Promise<BookEntry[]> {
    return this.parts.book.ofOrder(orderNo);
  }

  bookEntries(jobId?: string): AsyncGenerator<BookEntry> {
    return this.parts.book.entries(jobId);
  }

  repeatedOrders(): Promise<{ orderNo: string; times: number }[]> {
    return this.parts.book.repeatedOrders();
  }

  refunds(): Refund[] {
    return this.parts.book.allRefunds();
  }

  /** Epoch milliseconds of the simulator's clock. */
  now(): number {
    return this.parts.clock.now();
  }

  timeFactor(): number {
    return this.parts.clock.speed;
  }

  setTimeFactor(factor: number): void {
    if (!Number.isFinite(factor) || factor < 0) throw new ControlError('factor must be a number from 0');
    this.parts.clock.setFactor(factor);
  }

  /** Moves time and waits for what falls due in it; resolves with how many things that were. */
  advance(byMs: number): Promise<number> {
    if (!Number.isFinite(byMs) || byMs < 0) throw new ControlError('time can only be moved forward');
    return this.parts.clock.advance(byMs);
  }

  /** Resolves with how many tokens were valid until now. */
  revokeTokens(): number {
    return this.parts.tokens.revokeAll();
  }

  /** Gives a client other secrets: two while one takes the place of the other. Tokens it has stay good. */
  setSecrets(clientId: string, secrets: readonly string[]): void {
    this.parts.clients.setSecrets(clientId, secrets);
  }

  tokensIssued(): number {
    return this.parts.tokens.issuedCount;
  }

  declineRate(): number {
    return this.parts.charging.declineRate;
  }

  /** The last thousand calls in either direction, oldest first. */
  calls(): readonly RecordedCall[] {
    return this.parts.log.recent();
  }
}
