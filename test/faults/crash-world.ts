import { Client } from 'pg';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seoulDateAt } from '../../src/kernel/seoul-calendar';
import type { CrashPoint } from '../../src/platform/crash-points';
import { serviceSettings, startSimulator, tossSettings, type Simulator } from '../../simulator';
import { addSubscriptions } from '../support/prepared-billing';
import { requestFile } from '../support/request-files';
import { ADMIN_KEY, serviceEnvironment } from '../support/service-environment';
import { ServiceProcess } from '../support/service-process';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { confirmElsewhere } from '../support/confirm-elsewhere';
import { until } from '../support/until';
import { brokenPromises } from './broken-promises';
import { UNCHECKED_SQL } from './due-steps';

const PRELOAD = join(__dirname, 'crash-point.preload.cjs');
/** Past every lease of a process that was killed. */
const AHEAD_BY_SECONDS = 200;
const DAY_MS = 24 * 60 * 60 * 1000;
const SUBSCRIPTIONS = 5;
const CHARGES = 5;
const ALARM = /"msg":"(?:line stopped|submission still in doubt)/;

/** One gateway and one database, and a service process that is killed and followed by the next, again and again. */
export class CrashWorld {
  private process: ServiceProcess | undefined;
  private aheadSeconds = 0;
  private arrived: string | undefined;
  private batches = 0;
  /** What all processes have written so far. */
  private readonly processes: ServiceProcess[] = [];
  private readonly refunded = new Map<string, string>();
  private readonly entered = new Map<string, string>();

  private constructor(
    private readonly database: TestDatabase,
    readonly simulator: Simulator,
    private readonly client: Client,
    private readonly dataDirectory: string,
    private readonly port: number,
  ) {}

  static async start(): Promise<CrashWorld> {
    const simulator = await startSimulator({
      processingDelayMs: 0,
      notificationDelayMs: 0,
      declineRate: 0.3,
      seed: 'crash points',
    });
    const threeMonthsAgo = seoulDateAt(new Date(Date.now() - 90 * DAY_MS));
    const database = await createTestDatabase();
    await addSubscriptions(database.url, SUBSCRIPTIONS, threeMonthsAgo, serviceSettings(simulator.baseUrl));
    const client = new Client({ connectionString: database.url });
    await client.connect();
    const directory = await mkdtemp(join(tmpdir(), 'crash-points-'));
    const world = new CrashWorld(database, simulator, client, directory, await freePort());
    world.startProcess();
    return world;
  }

  /**
   * Has the process die at a point it comes to on the way of the work, and the next one go on.
   *
   * @param others where those die that come next, one after the other
   * @returns the work's name
   */
  async crashAt([first, ...others]: readonly [CrashPoint, ...CrashPoint[]], work: Work): Promise<string> {
    const name = `batch-${(this.batches += 1)}-`;
    await this.process?.url();
    this.process?.order(first);
    // It dies in the middle, and the answers with it.
    const answered = work(this, name).catch(() => undefined);
    await this.killAt(first);
    await answered;
    this.simulator.control.disarmAllFaults();
    this.simulator.toss.disarmAllFaults();
    for (const point of others) {
      this.startProcess(point);
      await this.killAt(point);
    }
    this.startProcess();
    await this.process?.url();
    // Whoever got no answer asks again.
    await work(this, name);
    return name;
  }

  /** Waits until everything that can go on has come to its end. @returns the promises that are broken then */
  async rest(): Promise<string[]> {
    let broken: string[] = [];
    await until('every job has come to its end', async () => {
      await this.simulator.control.deliverNotifications();
      await this.passDoubtOfRefunds();
      // Cheap to ask, unlike the whole comparison.
      if (broken.length === 0 && (await this.isAtWork())) return undefined;
      broken = await brokenPromises(this.client, this.simulator);
      return (broken.length === 0 && !(await this.isAtWork())) || undefined;
    }).catch((gaveUp: Error) => {
      if (broken.length === 0) broken = [gaveUp.message];
    });
    return broken;
  }

  /** Jobs that were perhaps sent and of which nobody has heard. */
  async jobsInDoubt(): Promise<number> {
    const { rows } = await this.client.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM bulk_payment_job WHERE state = 'Processing' AND gateway_job_id IS NULL`,
    );
    return rows[0]?.count ?? 0;
  }

  /** Lets time pass for the process that lives. */
  pass(seconds: number): void {
    this.aheadSeconds += seconds;
    this.process?.order({ aheadSeconds: this.aheadSeconds });
  }

  /** Waits until a job that is uploaded under this name is in doubt, and longer than one may be without a word. */
  async stayInDoubt(name: string): Promise<void> {
    await until(`${name} is in doubt`, async () => {
      const { rows } = await this.client.query(
        `SELECT FROM bulk_payment_job AS job JOIN charge ON charge.bulk_payment_job_id = job.id
         WHERE charge.order_no = $1 AND job.submission_doubt IS NOT NULL`,
        [`${name}0`],
      );
      return rows.length > 0 || undefined;
    });
    this.pass(2 * 60);
  }

  /** Asks for a refund of some paid charge; the same name is the same refund. */
  async refund(name: string): Promise<void> {
    const orderNo = this.refunded.get(name) ?? (await this.paidOrder());
    this.refunded.set(name, orderNo);
    const refund = JSON.stringify({ reason: 'customer asked', reference: name, amount: 400 });
    const response = await this.post(`admin/v1/charges/${orderNo}/refunds`, 'application/json', refund);
    if (!response.ok) throw new Error(`refund answered ${response.status}`);
  }

  /** Has a customer pay an order in the gateway's window; the same name is the same order. */
  async payOrder(name: string, method = 'CARD'): Promise<void> {
    const order = await this.order(name);
    if (order.state !== 'Created' && order.state !== 'Ready') return;
    const opened = await this.call(`checkout/v1/orders/${order.checkoutToken}/windows`, { method: 'POST' });
    const { window } = (await opened.json()) as { window: { orderId: string; amount: number } };
    const amount = { currency: 'KRW', value: window.amount };
    this.simulator.toss.openPayment({ method, ...window, amount });
    const back = this.simulator.toss.pay(window.orderId).redirectUrl;
    const response = await fetch(String(back), { redirect: 'manual' });
    if (response.status !== 303) throw new Error(`the return answered ${response.status}`);
  }

  /** Has a customer pay an order, the merchant cancel a part in the gateway's own console, and the gateway tell so. */
  async hearOfCancellation(name: string): Promise<void> {
    await this.payOrder(name);
    const orderId = await until('the order is paid', async () => (await this.paidWindow(name)) ?? undefined);
    if (this.simulator.toss.bookOfOrder(orderId)[0]?.canceledAmount === 0) {
      this.simulator.toss.cancelInConsole(orderId, { cancelAmount: 100 });
    }
    const message = {
      eventType: 'PAYMENT_STATUS_CHANGED',
      data: { orderId, status: 'PARTIAL_CANCELED', paymentKey: 'x' },
    };
    await this.post('webhooks/toss/toss', 'application/json', JSON.stringify(message));
  }

  private async paidWindow(reference: string): Promise<string | undefined> {
    const { rows } = await this.client.query<{ orderNo: string }>(
      `SELECT order_no AS "orderNo" FROM customer_order JOIN order_attempt ON order_id = customer_order.id
       JOIN direct_payment ON direct_payment.id = direct_payment_id
       WHERE reference = $1 AND direct_payment.state = 'Paid'`,
      [reference],
    );
    return rows[0]?.orderNo;
  }

  /** Has a customer pay an order into an account, and lets the deposit stay until it counts. */
  async payByDeposit(name: string): Promise<void> {
    await this.payOrder(name, 'VIRTUAL_ACCOUNT');
    const orderNo = await this.awaited(name);
    if (this.simulator.toss.bookOfOrder(orderNo)[0]?.status === 'WAITING_FOR_DEPOSIT') {
      this.simulator.toss.deposit(orderNo);
    }
    this.pass(60 * 60);
    await until(`the deposit of ${name} is seen`, async () => {
      const { rows } = await this.client.query(
        `SELECT FROM deposit_account JOIN order_attempt USING (direct_payment_id)
         WHERE order_no = $1 AND deposited_at IS NOT NULL`,
        [orderNo],
      );
      return rows.length > 0 || undefined;
    });
    this.pass(5 * 60);
  }

  /** Has a customer choose to pay into an account, and the shop cancel that. */
  async cancelAwaited(name: string): Promise<void> {
    await this.payOrder(name, 'VIRTUAL_ACCOUNT');
    await this.awaited(name);
    const { id, state } = await this.order(name);
    const reason = JSON.stringify({ reason: 'sold out' });
    if (state === 'AwaitingDeposit') await this.post(`admin/v1/orders/${id}/cancel`, 'application/json', reason);
    this.pass(60);
  }

  /** Waits until the account is issued. @returns the order number that it is under */
  private awaited(reference: string): Promise<string> {
    return until(`${reference} has an account`, async () => {
      const { rows } = await this.client.query<{ orderNo: string }>(
        `SELECT order_no AS "orderNo" FROM customer_order JOIN order_attempt ON order_id = customer_order.id
         JOIN deposit_account USING (direct_payment_id) WHERE reference = $1`,
        [reference],
      );
      return rows[0]?.orderNo;
    });
  }

  /** Has a customer agree in the window, the shop cancel the order, another program confirm it, and the gateway tell so. */
  async payCanceledOrder(name: string): Promise<void> {
    const { id, state, checkoutToken } = await this.order(name);
    if (state === 'Created' || state === 'Ready') {
      const opened = await this.call(`checkout/v1/orders/${checkoutToken}/windows`, { method: 'POST' });
      const { window } = (await opened.json()) as { window: { orderId: string; amount: number } };
      const amount = { currency: 'KRW', value: window.amount };
      this.simulator.toss.openPayment({ method: 'CARD', ...window, amount });
      this.simulator.toss.pay(window.orderId);
      const reason = JSON.stringify({ reason: 'sold out' });
      await this.post(`admin/v1/orders/${id}/cancel`, 'application/json', reason);
      await confirmElsewhere(this.simulator, window.orderId, window.amount);
    }
    for (const { orderId } of this.simulator.toss.bookEntries()) {
      const message = { eventType: 'PAYMENT_STATUS_CHANGED', data: { orderId, status: 'DONE', paymentKey: 'x' } };
      await this.post('webhooks/toss/toss', 'application/json', JSON.stringify(message));
    }
    await until('the payment is taken up', async () => {
      this.pass(20);
      return (await this.paidWindow(name)) ?? undefined;
    });
    this.pass(11 * 60);
  }

  /** Stores an order, and lets its time pass. */
  async outwaitOrder(name: string): Promise<void> {
    await this.order(name);
    this.pass(2 * 60);
  }

  /** Has a customer register a card; the same name is the same registration, and the same card. @returns its id */
  async registerMethod(name: string): Promise<string> {
    const { id, checkoutToken } = await this.registration(name);
    const back = this.entered.get(name) ?? (await this.enterCard(checkoutToken));
    this.entered.set(name, back);
    const response = await fetch(back, { redirect: 'manual' });
    if (response.status !== 303) throw new Error(`the return answered ${response.status}`);
    return id;
  }

  /** Registers a card, and has it taken away again. */
  async removeMethod(name: string): Promise<void> {
    const id = await this.registerMethod(name);
    const registration = await until(`${name} is registered`, async () => {
      const answer = await this.call(`admin/v1/payment-method-registrations/${id}`);
      const found = (await answer.json()) as { paymentMethodId: string | null };
      return found.paymentMethodId === null ? undefined : found;
    });
    const at = `admin/v1/payment-methods/${registration.paymentMethodId}/remove`;
    const response = await this.post(at, 'application/json', JSON.stringify({ reason: 'customer asked' }));
    if (!response.ok && response.status !== 409) throw new Error(`removing answered ${response.status}`);
  }

  /**
   * Plants a payment by a card that is registered first; the same name is the same payment.
   *
   * @param isUnwanted of a subscription that owes another period and pays otherwise, so that it is withdrawn before it is sent
   */
  async payByMethod(name: string, isUnwanted = false): Promise<void> {
    await this.registerMethod(name);
    await until(`${name} has a card`, async () => {
      const { rowCount } = await this.client.query(
        `WITH method AS (SELECT id FROM payment_method WHERE customer_reference = $1),
         asked AS (
           INSERT INTO charge (order_no, gateway, gateway_account, subscription_id, period_start_on, attempt, store_product_id,
             product_name, amount, created_at)
           SELECT $1, 'toss', 'toss', subscription.id, date '2000-01-01' + method.id::int, 1, store_product_id, name, 500, now()
           FROM method, subscription JOIN product ON product.id = product_id
           WHERE subscription.id = (SELECT min(id) FROM subscription) AND $2
           UNION ALL
           SELECT $1, 'toss', 'toss', NULL, NULL, NULL, 'pens', 'pens', 500, now() FROM method WHERE NOT $2
           ON CONFLICT (order_no) DO NOTHING RETURNING id)
         INSERT INTO direct_payment (charge_id, gateway, gateway_account, origin, state, idempotency_key, payment_method_id,
           created_at)
         SELECT asked.id, 'toss', 'toss', 'method', 'Pending', gen_random_uuid(), method.id, now() FROM asked, method`,
        [name, isUnwanted],
      );
      const { rowCount: there } = await this.client.query('SELECT FROM charge WHERE order_no = $1', [name]);
      return (rowCount ?? 0) + (there ?? 0) > 0 || undefined;
    });
  }

  /** Opens a registration, and lets its time pass. */
  async outwaitRegistration(name: string): Promise<void> {
    await this.registration(name);
    this.pass(2 * 60);
  }

  private async enterCard(token: string): Promise<string> {
    const answer = await this.call(`checkout/v1/registrations/${token}/window`, { method: 'POST' });
    const { window } = (await answer.json()) as { window: object };
    const { id } = this.simulator.toss.openBilling({ method: 'CARD', ...window });
    return String(this.simulator.toss.pay(id).redirectUrl);
  }

  private async registration(name: string): Promise<{ id: string; checkoutToken: string }> {
    const asked = { customerReference: name, gatewayAccount: 'toss', expiresInMinutes: 1 };
    const response = await this.call('admin/v1/payment-method-registrations', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': name },
      body: JSON.stringify({ ...asked, returnUrl: 'https://shop.example/card' }),
    });
    if (!response.ok) throw new Error(`the registration answered ${response.status}`);
    return (await response.json()) as { id: string; checkoutToken: string };
  }

  private async order(name: string): Promise<{ id: string; state: string; checkoutToken: string }> {
    const order = { reference: name, gatewayAccount: 'toss', name: '연필', amount: 500, expiresInMinutes: 1 };
    const more = { items: [{ name: '연필', unitAmount: 500 }], returnUrl: 'https://shop.example/back' };
    const response = await this.post('admin/v1/orders', 'application/json', JSON.stringify({ ...order, ...more }));
    if (!response.ok) throw new Error(`the order answered ${response.status}`);
    return (await response.json()) as { id: string; state: string; checkoutToken: string };
  }

  /** Has the day before compared, as a person does. */
  async tieOut(): Promise<void> {
    const day = seoulDateAt(new Date(Date.now() + this.aheadSeconds * 1000 - DAY_MS));
    const response = await this.post(
      'admin/v1/tie-outs',
      'application/json',
      JSON.stringify({ gatewayAccount: 'toss', day }),
    );
    if (!response.ok) throw new Error(`the tie-out answered ${response.status}`);
  }

  /** Lets the hour come when the day before is compared by itself. */
  passDay(): Promise<void> {
    this.pass(DAY_MS / 1000);
    return Promise.resolve();
  }

  /** Has T store asked for some payment, as a person does. */
  async lookUp(): Promise<void> {
    const response = await this.call(`admin/v1/charges/${await this.paidOrder()}/transaction`);
    if (!response.ok) throw new Error(`lookup answered ${response.status}`);
  }

  /** Plants what stops the line; the same name is the same stop. It parks a job that is over. */
  async stopLine(name: string): Promise<void> {
    await this.client.query(
      `INSERT INTO line_stop (kind, bulk_payment_job_id, violation, evidence, raised_at)
       SELECT 'numbers-differ', min(id), $1, '{}', now() FROM bulk_payment_job WHERE settled_at IS NOT NULL
       ON CONFLICT (kind, violation) DO NOTHING`,
      [name],
    );
  }

  /** Plants a payment that is to be looked up once more; of a charge that is paid, so that nothing follows from it. */
  async watchPayment(name: string): Promise<void> {
    await this.client.query(
      `INSERT INTO payment_watch (charge_id, gateway, gateway_account, transaction_id, since, next_look_at)
       SELECT id, gateway, gateway_account, $2, now() - interval '60 days', now() FROM charge WHERE order_no = $1
       ON CONFLICT DO NOTHING`,
      [await this.paidOrder(), name],
    );
  }

  /** Something waits for a second person, and has done so for too long. */
  async outwaitApproval(): Promise<void> {
    await this.client.query(
      `INSERT INTO approval (kind, subject_id, act, summary, because, state, requested_by, requested_by_owner, requested_at,
         expires_at)
       VALUES ('refund-doubt', 1, '{}', 'nothing', 'a test', 'Waiting', 'a test', 'test', now() - interval '2 hours',
         now() - interval '1 hour')
       ON CONFLICT DO NOTHING`,
    );
  }

  /** How many alarms there are that somebody told of, and how often all processes together did. */
  async alarms(): Promise<{ noted: number; told: number }> {
    const { rows } = await this.client.query<{ noted: number }>(
      `SELECT (SELECT count(told_at) FROM line_stop)::int + (SELECT count(doubt_told_at) FROM bulk_payment_job)::int AS noted`,
    );
    const times = this.processes.map(({ log }) => log.split(ALARM).length - 1);
    return { noted: rows[0]?.noted ?? 0, told: times.reduce((sum, one) => sum + one, 0) };
  }

  /** Uploads a file of some charges; the same name makes the same file. */
  async upload(name: string): Promise<void> {
    const response = await this.post('admin/v1/bulk-payment-jobs', 'text/plain', requestFile(CHARGES, name));
    if (response.status !== 201 && response.status !== 409) throw new Error(`upload answered ${response.status}`);
  }

  /** Opens the billing run of so many days ago. */
  async plan(daysAgo: number): Promise<void> {
    const date = seoulDateAt(new Date(Date.now() - daysAgo * DAY_MS));
    const response = await this.post('admin/v1/billing-runs', 'application/json', JSON.stringify({ date }));
    if (!response.ok) throw new Error(`planning answered ${response.status}`);
  }

  post(path: string, type: string, body: string): Promise<Response> {
    return this.call(path, { method: 'POST', headers: { 'Content-Type': type }, body });
  }

  async close(): Promise<void> {
    this.process?.signal('SIGKILL');
    await this.process?.ended;
    await this.client.end();
    await this.simulator.close();
    await this.database.drop();
    await rm(this.dataDirectory, { recursive: true, force: true });
  }

  private call(path: string, init: { method?: string; headers?: object; body?: string } = {}): Promise<Response> {
    const headers = { Authorization: `Bearer ${ADMIN_KEY}`, ...init.headers };
    return fetch(`http://127.0.0.1:${this.port}/${path}`, { ...init, headers });
  }

  private async killAt(point: CrashPoint): Promise<void> {
    const delivered: Promise<unknown>[] = [];
    await until(`the process comes to ${point}`, async () => {
      // Not waited for: the process that should answer may stand still until it is killed.
      delivered.push(this.simulator.control.deliverNotifications());
      return this.arrived === point || undefined;
    });
    this.process?.signal('SIGKILL');
    await this.process?.ended;
    await Promise.all(delivered);
    this.aheadSeconds += AHEAD_BY_SECONDS;
  }

  private async paidOrder(): Promise<string> {
    const { rows } = await this.client.query<{ orderNo: string }>(
      `SELECT order_no AS "orderNo" FROM charge JOIN settlement ON settlement.charge_id = charge.id
       WHERE kind = 'paid' AND NOT EXISTS (SELECT FROM refund WHERE charge_id = charge.id)
         AND charge.amount > 400 ORDER BY charge.id DESC LIMIT 1`,
    );
    if (rows[0] === undefined) throw new Error('nothing is paid');
    return rows[0].orderNo;
  }

  private async passDoubtOfRefunds(): Promise<void> {
    const { rowCount } = await this.client.query(`SELECT FROM refund WHERE state = 'Unknown' LIMIT 1`);
    if (rowCount !== 0) this.pass(2 * 60);
  }

  /**
   * Whether anything goes on or has to: the process that lives has claimed it, for a submission under way looks as if it
   * were in doubt; or it has not come to its end, which what is in doubt has; or the line has yet to be checked, which would be
   * under way beside the next work.
   */
  private async isAtWork(): Promise<boolean> {
    const now = new Date(Date.now() + this.aheadSeconds * 1000);
    const { rows } = await this.client.query(
      `SELECT FROM bulk_payment_job
       WHERE lease_until > $1 OR (settled_at IS NULL AND failed_at IS NULL
         AND NOT (state = 'Processing' AND gateway_job_id IS NULL))
       UNION ALL SELECT FROM refund WHERE ended_at IS NULL
       UNION ALL SELECT FROM payment_watch WHERE next_look_at IS NOT NULL
       UNION ALL SELECT FROM direct_payment WHERE ended_at IS NULL
       UNION ALL SELECT FROM method_registration WHERE state = 'Issuing'
       UNION ALL SELECT FROM payment_method WHERE ended_at IS NOT NULL AND erased_at IS NULL AND gateway <> 'tstore'
       UNION ALL SELECT FROM tie_out WHERE finished_at IS NULL
       UNION ALL SELECT FROM notification WHERE order_no IS NOT NULL AND next_attempt_at IS NOT NULL
       UNION ALL SELECT FROM bulk_payment_job WHERE settled_at IS NOT NULL AND numbers_checked_at IS NULL
       UNION ALL ${UNCHECKED_SQL}`,
      [now],
    );
    return rows.length > 0;
  }

  /** @param point where it is to die */
  private startProcess(point?: CrashPoint): void {
    this.arrived = undefined;
    this.process = ServiceProcess.startWith(PRELOAD, {
      ...serviceEnvironment(this.database.url, serviceSettings(this.simulator.baseUrl)),
      ...tossSettings(this.simulator.baseUrl),
      PORT: String(this.port),
      PUBLIC_BASE_URL: `http://127.0.0.1:${this.port}`,
      DATA_DIR: this.dataDirectory,
      CLOCK_AHEAD_SECONDS: String(this.aheadSeconds),
      SCHEDULER_TICK_SECONDS: '1',
      BILLING_CRON: 'none',
      BILLING_RUN_CONFIRM_FACTOR: '0',
      IN_DOUBT_ALARM_MINUTES: '1',
      REFUND_DOUBT_MINUTES: '15',
      REFUND_RATE_PER_MINUTE: '6000',
      TSTORE_LOOKUPS_PER_MINUTE: '6000',
      LOG_LEVEL: 'info',
    });
    this.processes.push(this.process);
    if (point !== undefined) this.process.order(point);
    this.process.onMessage((message) => (this.arrived = (message as { arrived: string }).arrived));
  }
}

/** What brings a process to a point; done again after the crash, as whoever got no answer would. */
export type Work = (world: CrashWorld, name: string) => Promise<void>;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
