import type { Job, JobState, JobTotals } from '../jobs/job';
import { isResultOpen } from '../jobs/job';
import type { DeliveryAttempt, Notification, NotificationState, SentMembers } from '../pns/notification';

/** A job as the control API shows it; instants are ISO texts of the simulator's clock, amounts won. */
export interface JobView {
  jobId: string;
  state: JobState;
  unanswered: boolean;
  bid: string;
  notiUrl: string;
  declaredRows: number;
  rows: number;
  amount: number;
  acceptedAt: string;
  completedAt: string | null;
  verifiedAt: string | null;
  resultOpen: boolean;
  totals: JobTotals;
}

export interface NotificationView {
  id: number;
  jobId: string;
  url: string;
  genuine: boolean;
  state: NotificationState;
  members: SentMembers;
  contentType: string;
  body: string;
  plannedAt: string;
  nextAt: string | null;
  verifiedAt: string | null;
  attempts: (Omit<DeliveryAttempt, 'sentAt'> & { sentAt: string })[];
}

export function jobView(job: Job): JobView {
  return {
    jobId: job.id,
    state: job.state,
    unanswered: job.unanswered,
    bid: job.headers.bid,
    notiUrl: job.headers.notiUrl,
    declaredRows: Number(job.headers.cntTotalTrans),
    rows: job.rows.count,
    amount: job.rows.amount,
    acceptedAt: isoText(job.acceptedAt),
    completedAt: isoOrNull(job.completedAt),
    verifiedAt: isoOrNull(job.verifiedAt),
    resultOpen: isResultOpen(job),
    totals: { ...job.totals },
  };
}

export function notificationView(notification: Notification): NotificationView {
  return {
    id: notification.id,
    jobId: notification.jobId,
    url: notification.url,
    genuine: notification.genuine,
    state: notification.state,
    members: { ...notification.members },
    contentType: notification.contentType,
    body: notification.body,
    plannedAt: isoText(notification.plannedAt),
    nextAt: isoOrNull(notification.next?.dueAt ?? null),
    verifiedAt: isoOrNull(notification.verifiedAt),
    attempts: notification.attempts.map((attempt) => ({ ...attempt, sentAt: isoText(attempt.sentAt) })),
  };
}

function isoText(at: number): string {
  return new Date(at).toISOString();
}

function isoOrNull(at: number | null): string | null {
  return at === null ? null : isoText(at);
}
