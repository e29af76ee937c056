import type { INestApplicationContext } from '@nestjs/common';
import { inDoubtSql, unnotifiedJobsSql } from './bulk-payment';
import { Clock } from './platform/clock';
import { DatabaseCheck, Readiness } from './platform/health';
import { Metrics } from './platform/metrics';

/** A figure of the whole service that every process shows, whatever its role. */
interface Figure {
  /** The metric's. */
  name: string;
  help: string;
  /** Yields one number, as `figure`. */
  sql: (now: string) => string;
  /** A notice in the readiness report while the figure is not 0: its name, and what it says. */
  notice?: { name: string; text: (figure: number) => string };
}

const IN_DOUBT = (now: string): string => `bulk_payment_job WHERE ${inDoubtSql('bulk_payment_job', now)}`;

const FIGURES: readonly Figure[] = [
  {
    name: 'kill_switch_engaged',
    help: '1 while the kill switch stops all that moves money',
    sql: () => 'SELECT engaged::int AS figure FROM kill_switch',
    notice: { name: 'kill-switch', text: () => 'engaged: nothing is submitted and nothing refunded' },
  },
  {
    name: 'submissions_in_doubt',
    help: 'Submissions of which nobody can tell if the gateway took them',
    sql: (now) => `SELECT count(*)::int AS figure FROM ${IN_DOUBT(now)}`,
    notice: {
      name: 'submissions-in-doubt',
      text: (figure) => `${figure}: T store must be asked`,
    },
  },
  {
    name: 'submission_in_doubt_oldest_seconds',
    help: 'Age of the oldest submission in doubt; 0 when there is none',
    sql: (now) =>
      `SELECT coalesce(extract(epoch FROM ${now} - min(submission_started_at)), 0)::float8 AS figure FROM ${IN_DOUBT(now)}`,
  },
  {
    name: 'jobs_without_notification',
    help: 'Jobs T store took over a day ago and has not told the end of',
    sql: (now) => `SELECT count(*)::int AS figure FROM ${unnotifiedJobsSql(now)}`,
    notice: {
      name: 'jobs-without-notification',
      text: (figure) => `${figure}: T store must be asked to send it again`,
    },
  },
  {
    name: 'line_stops_open',
    help: 'Jobs and subscriptions parked because their money is not as it must be',
    sql: () => "SELECT count(*)::int AS figure FROM line_stop WHERE state = 'Open'",
    notice: { name: 'line-stops', text: (figure) => `${figure} open: what they park waits for a person` },
  },
];

/**
 * Shows what waits for a person: as metrics, and in the readiness report, which stays ready because notifications and
 * people must still get through.
 */
export function registerOperatorNotices(app: INestApplicationContext, metrics: Metrics): void {
  const check = app.get(DatabaseCheck);
  const clock = app.get(Clock);
  for (const { name, help, sql, notice } of FIGURES) {
    const ask = async (): Promise<number> => {
      const [row] = await check.rows<{ figure: number }>(sql(`timestamptz '${clock.now().toISOString()}'`));
      return row?.figure ?? 0;
    };
    let last = 0;
    // A database that is away must not take the other figures with it; it has a check of its own.
    metrics.gauge({ name, help, collect: async () => (last = await ask().catch(() => last)) });
    if (notice === undefined) continue;
    app.get(Readiness).registerNotice(notice.name, async () => {
      const figure = await ask();
      return figure === 0 ? undefined : notice.text(figure);
    });
  }
}
