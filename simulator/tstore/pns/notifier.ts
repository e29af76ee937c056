import {
  BULK_JOB_LISTENER_TYPE,
  NOTIFICATION_MEMBERS,
  type NotificationMessage,
  type VerificationRequest,
} from '../../../src/gateways/tstore/wire';
import type { SimulatorClock } from '../../shared/clock';
import type { TstoreFaults } from '../faults/armed-faults';
import type { Job } from '../jobs/job';
import type { JobRegister } from '../jobs/job-register';
import type { Client } from '../oauth/clients';
import { seoulCompact } from '../../shared/seoul-time';
import { PLAIN_FORM, type Notification } from './notification';
import { planNotification, type NotificationPlan } from './notification-plan';
import type { NotificationOutbox } from './outbox';

const COMPLETED = 'completed';
const INITIALIZED = 'initialized';

/** A message kept back for order's sake goes out by itself in the end, or a test that forgot it would wait for ever. */
const LONGEST_HOLD_MS = 30 * 60_000;

/** Tells merchants of completed jobs and answers whether a message was ours. */
export class Notifier {
  private held: Notification[] = [];

  constructor(
    private readonly clock: SimulatorClock,
    private readonly faults: TstoreFaults,
    private readonly jobs: JobRegister,
    private readonly outbox: NotificationOutbox,
  ) {}

  /** Plans the completion message of a job, with whatever the armed faults add to it. */
  jobCompleted(job: Job, delayMs: number): void {
    if (job.unanswered || job.headers.notiUrl === '') return;
    const plan = planNotification(this.faults, job.id);
    const completed = this.add(job, COMPLETED, plan);
    completed.next = this.clock.schedule(this.clock.now() + delayMs, () => this.tell(job, completed, plan));
  }

  /** Sends everything that waits to be sent, due or not, and resolves with how many messages that were. */
  async deliverAll(): Promise<number> {
    const waiting = this.outbox.all().filter((notification) => notification.next !== null);
    await Promise.all(waiting.map(async (notification) => notification.next?.runNow()));
    return waiting.length;
  }

  /** Sends what waits to be sent of one job, and waits for the answers. */
  async deliverFor(jobId: string): Promise<void> {
    const waiting = this.outbox.all().filter((one) => one.jobId === jobId && one.next !== null);
    await Promise.all(waiting.map(async (notification) => notification.next?.runNow()));
  }

  /** True, and the session closed, if all members equal those of a message that was really sent. */
  verify(request: VerificationRequest, client: Client): boolean {
    if (request.listenerType !== BULK_JOB_LISTENER_TYPE) return false;
    const match = this.outbox.all().find((notification) => wasSent(notification) && equals(notification, request));
    // A client is told of its own jobs, and of no other's.
    const job = match && this.jobs.find(match.jobId);
    if (!match || (job && job.client !== client)) return false;
    this.outbox.close(match);
    if (match.members.status === COMPLETED) {
      if (job) job.verifiedAt ??= this.clock.now();
    }
    return true;
  }

  /** Sends a message that verification will deny. */
  async forge(url: string, message: NotificationMessage): Promise<Notification> {
    const forged = this.outbox.add({ jobId: message.jobId, url, genuine: false, message, form: PLAIN_FORM });
    await this.outbox.send(forged);
    return forged;
  }

  private async tell(job: Job, completed: Notification, plan: NotificationPlan): Promise<void> {
    completed.next = null;
    if (plan.held) {
      this.hold(job, completed, plan);
      return;
    }
    if (plan.forged) {
      const status = plan.forged.text('status');
      const jobId = plan.forged.text('jobId') || job.id;
      // Same job, another time: only a comparison of all members tells it from the genuine one.
      const updateTime = seoulCompact(job.acceptedAt - 1000);
      await this.forge(job.headers.notiUrl, { ...messageOf(job, status, updateTime), jobId });
    }
    if (plan.initialized === 'first') await this.outbox.send(this.add(job, INITIALIZED, plan), 1, plan.faults);
    if (plan.lost) this.outbox.lose(completed);
    else await this.outbox.send(completed, plan.copies, plan.faults);
    if (plan.initialized === 'late') await this.outbox.send(this.add(job, INITIALIZED, plan), 1, plan.faults);
    await this.release();
  }

  private hold(job: Job, completed: Notification, plan: NotificationPlan): void {
    completed.state = 'Held';
    completed.next = this.clock.schedule(this.clock.now() + LONGEST_HOLD_MS, () => {
      this.held = this.held.filter((one) => one !== completed);
      return this.tell(job, completed, { ...plan, held: false });
    });
    this.held.push(completed);
  }

  private async release(): Promise<void> {
    const released = this.held;
    this.held = [];
    for (const notification of released) await notification.next?.runNow();
  }

  private add(job: Job, status: string, plan: NotificationPlan): Notification {
    const message = messageOf(job, status, seoulCompact(this.clock.now()));
    return this.outbox.add({ jobId: job.id, url: job.headers.notiUrl, genuine: true, message, form: plan.form });
  }
}

function messageOf(job: Job, status: string, updateTime: string): NotificationMessage {
  return { notifyVersion: '1.0', event: 'bulkJob', status, jobId: job.id, updateTime };
}

function wasSent(notification: Notification): boolean {
  return notification.genuine && notification.attempts.some((attempt) => attempt.sent);
}

function equals(notification: Notification, request: VerificationRequest): boolean {
  return NOTIFICATION_MEMBERS.every((member) => notification.members[member] === request[member]);
}
