import { Injectable } from '@nestjs/common';
import { DailyReport, failingSql, inDoubtSql, unnotifiedJobsSql, type Day, type DayNumbers } from '../bulk-payment';
import { seoulDate, seoulDateAt, type SeoulDate } from '../kernel/seoul-calendar';
import { shownWon } from '../kernel/won';
import { KillSwitch } from '../kill-switch';
import { Clock } from '../platform/clock';
import { Database } from '../platform/database';
import type { StuckView, SummaryOfDaysView, SummaryView } from './summary.view';
import type { TallyView } from './tally.view';

const ROOT = '/admin/v1';

/**
 * Only T store knows the address of a job; what comes to the shared one may be anybody's. PNS was asked about those that
 * name a job which waits, and gave no verdict: that may be T store's.
 */
const TO_OWN_ADDRESS = `EXISTS (
  SELECT FROM bulk_payment_job AS job WHERE job.callback_token_hash = notification.callback_token_hash)`;
const OF_WAITING_JOB = `callback_token_hash IS NULL AND attempts > 0 AND EXISTS (
  SELECT FROM bulk_payment_job AS job
  WHERE job.gateway_job_id = notification.gateway_job_id AND job.state IN ('Processing', 'Completed'))`;

/** Each kind of thing that may be stuck, as a SELECT of when each began; `$1` is now. */
const STUCK_SQL: readonly { what: string; link: string; sql: string }[] = [
  {
    what: 'jobs in doubt',
    link: 'bulk-payment-jobs?inDoubt=true',
    sql: `SELECT submission_started_at AS since FROM bulk_payment_job WHERE ${inDoubtSql('bulk_payment_job', '$1')}`,
  },
  {
    what: 'jobs whose stage fails',
    link: 'bulk-payment-jobs?failing=true',
    sql: `SELECT created_at AS since FROM bulk_payment_job WHERE ${failingSql('bulk_payment_job')}`,
  },
  {
    what: 'jobs without a notification for a day',
    link: 'bulk-payment-jobs?unnotified=true',
    sql: `SELECT submission_started_at AS since FROM ${unnotifiedJobsSql('$1')}`,
  },
  {
    what: 'open line stops',
    link: 'line-stops?state=Open',
    sql: `SELECT raised_at AS since FROM line_stop WHERE state = 'Open' AND $1::timestamptz IS NOT NULL`,
  },
  {
    what: 'open discrepancies',
    link: 'discrepancies?state=Open',
    sql: `SELECT created_at AS since FROM discrepancy WHERE state = 'Open' AND $1::timestamptz IS NOT NULL`,
  },
  {
    what: 'billing runs that await confirmation',
    link: 'billing-runs?state=AwaitingConfirmation',
    sql: `SELECT planned_at AS since FROM billing_run
      WHERE state = 'AwaitingConfirmation' AND $1::timestamptz IS NOT NULL`,
  },
  {
    what: 'notifications PNS disowns',
    link: 'notifications?state=Rejected',
    sql: `SELECT last_received_at AS since FROM notification
      WHERE state = 'Rejected' AND last_received_at > $1::timestamptz - interval '1 day' AND ${TO_OWN_ADDRESS}`,
  },
  {
    what: 'notifications that can’t be verified',
    link: 'notifications?state=Received',
    sql: `SELECT received_at AS since FROM notification
      WHERE state = 'Received' AND received_at < $1::timestamptz - interval '30 minutes'
        AND (${TO_OWN_ADDRESS} OR ${OF_WAITING_JOB})`,
  },
  {
    what: 'refunds that await release',
    link: 'refunds?state=AwaitingRelease',
    sql: `SELECT requested_at AS since FROM refund WHERE state = 'AwaitingRelease' AND $1::timestamptz IS NOT NULL`,
  },
  {
    what: 'refunds in doubt',
    link: 'refunds?state=Unknown',
    sql: `SELECT in_doubt_since AS since FROM refund WHERE state = 'Unknown' AND $1::timestamptz IS NOT NULL`,
  },
  {
    what: 'refunds that wait for an hour',
    link: 'refunds?state=Requested',
    sql: `SELECT requested_at AS since FROM refund
      WHERE state = 'Requested' AND requested_at < $1::timestamptz - interval '1 hour'`,
  },
];

/** The day at a glance: what came in, what went back, and what waits for a person. */
@Injectable()
export class SummaryService {
  constructor(
    private readonly report: DailyReport,
    private readonly killSwitch: KillSwitch,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async read(): Promise<SummaryView> {
    const at = this.clock.now();
    const today = seoulDateAt(at);
    const monthStart = seoulDate(`${today.slice(0, 8)}01`);
    return {
      at,
      today: await this.days(today, today),
      month: await this.days(monthStart, today),
      killSwitchEngaged: (await this.killSwitch.state()).engaged,
      stuck: await this.stuck(at),
    };
  }

  private async days(from: SeoulDate, to: SeoulDate): Promise<SummaryOfDaysView> {
    const days = await this.report.days(from, to);
    const sum = (kind: keyof DayNumbers): TallyView => ({
      count: days.reduce((total, day) => total + day[kind].count, 0),
      amount: shownWon(days.reduce((total, day) => total + day[kind].amount, 0)),
    });
    return {
      from,
      to,
      jobs: days.reduce((total: number, day: Day) => total + day.jobs, 0),
      ...{ requested: sum('requested'), paid: sum('paid'), declined: sum('declined'), missing: sum('missing') },
      ...{ quarantined: sum('quarantined'), failed: sum('failed'), awaited: sum('awaited') },
      refunded: await this.refunded(from, to),
    };
  }

  private async refunded(from: SeoulDate, to: SeoulDate): Promise<TallyView> {
    const [row] = await this.database.rows<{ count: number; amount: string }>(
      `SELECT count(*)::int AS count, coalesce(sum(amount), 0) AS amount FROM refund
       WHERE state = 'Refunded' AND ended_at >= $1::timestamp AT TIME ZONE 'Asia/Seoul'
         AND ended_at < ($2::timestamp + interval '1 day') AT TIME ZONE 'Asia/Seoul'`,
      [from, to],
    );
    return { count: row?.count ?? 0, amount: shownWon(row?.amount ?? '0') };
  }

  private async stuck(at: Date): Promise<StuckView[]> {
    const union = STUCK_SQL.map(
      ({ sql }, index) => `SELECT ${index} AS kind, count(*)::int AS count, min(since) AS since FROM (${sql}) AS stuck`,
    );
    const rows = await this.database.rows<{ kind: number; count: number; since: Date }>(
      `SELECT * FROM (${union.join(' UNION ALL ')}) AS kinds WHERE count > 0 ORDER BY kind`,
      [at],
    );
    return rows.flatMap(({ kind, count, since }) => {
      const found = STUCK_SQL[kind];
      return found === undefined ? [] : [{ what: found.what, count, since, link: `${ROOT}/${found.link}` }];
    });
  }
}
