import type { INestApplicationContext } from '@nestjs/common';
import { Clock } from '../platform/clock';
import { DatabaseCheck, Readiness } from '../platform/health';
import { Metrics } from '../platform/metrics';
import { WAITING_KINDS, waitingOf, waitingSql, type Waiting, type WaitingRow } from '../waiting';

/** How a step of the scheduler fares, over all replicas. */
interface StepFigures {
  step: string;
  failing: number;
  successAge: number | null;
}

/** Figures of one kind under names of their own, which alerts know. */
const OWN_NAMES: readonly { name: string; help: string; kind: string; isAge?: boolean }[] = [
  { name: 'kill_switch_engaged', help: '1 while the kill switch stops all that moves money', kind: 'kill-switch' },
  {
    name: 'submissions_in_doubt',
    help: 'Submissions of which nobody can tell if the gateway took them',
    kind: 'submissions-in-doubt',
  },
  {
    name: 'submission_in_doubt_oldest_seconds',
    help: 'Age of the oldest submission in doubt; 0 when there is none',
    kind: 'submissions-in-doubt',
    isAge: true,
  },
  {
    name: 'jobs_without_notification',
    help: 'Jobs T store took over a day ago and has not told the end of',
    kind: 'jobs-without-notification',
  },
  {
    name: 'line_stops_open',
    help: 'Jobs and subscriptions parked because their money is not as it must be',
    kind: 'line-stops',
  },
];

/**
 * Shows what waits for a person: as metrics, and in the readiness report, which stays ready because notifications and
 * people must still get through. Every process shows it of the whole service, whatever its role.
 */
export function registerOperatorNotices(app: INestApplicationContext, metrics: Metrics): void {
  const check = app.get(DatabaseCheck);
  const clock = app.get(Clock);
  const present = (): string => `timestamptz '${clock.now().toISOString()}'`;
  const waiting = askedOnce(async () => waitingOf(await check.rows<WaitingRow>(waitingSql(present()))));
  const ageOf = ({ since }: Waiting): number => Math.max(0, (clock.now().getTime() - since.getTime()) / 1000);

  const readiness = app.get(Readiness);
  for (const { kind } of WAITING_KINDS) {
    readiness.registerNotice(kind, async () => {
      const found = (await waiting()).find((one) => one.kind === kind);
      return found && `${found.what} (${found.count}): ${found.act}`;
    });
  }

  // A database that is away must not take the other figures with it; it has a check of its own.
  const known = remembered(waiting, []);
  const byKind = async (figureOf: (found: Waiting) => number): Promise<[string, number][]> => {
    const found = new Map((await known()).map((one) => [one.kind, figureOf(one)]));
    return WAITING_KINDS.map(({ kind }) => [kind, found.get(kind) ?? 0]);
  };
  const counts = 'What waits for a person, by kind; alert on anything above 0';
  metrics.gaugeBy('kind', { name: 'waiting_for_person', help: counts }, () => byKind(({ count }) => count));
  const ages = 'Age of the oldest of what waits for a person, by kind; 0 when there is none';
  metrics.gaugeBy('kind', { name: 'waiting_for_person_oldest_seconds', help: ages }, () => byKind(ageOf));
  for (const { name, help, kind, isAge } of OWN_NAMES) {
    const collect = async (): Promise<number> => {
      const found = (await known()).find((one) => one.kind === kind);
      return found === undefined ? 0 : isAge ? ageOf(found) : found.count;
    };
    metrics.gauge({ name, help, collect });
  }

  const steps = remembered(
    askedOnce(() =>
      check.rows<StepFigures>(
        `SELECT step, (failing_since IS NOT NULL)::int AS failing,
           extract(epoch FROM ${present()} - last_success_at)::float8 AS "successAge" FROM scheduler_step`,
      ),
    ),
    [],
  );
  const failing = 'Steps of the scheduler: 1 while it fails, in whichever replica';
  metrics.gaugeBy('step', { name: 'scheduler_step_failing', help: failing }, async () =>
    (await steps()).map((one) => [one.step, one.failing]),
  );
  const age = 'Steps of the scheduler: how long ago it ran well last, to the minute';
  metrics.gaugeBy('step', { name: 'scheduler_step_last_success_age_seconds', help: age }, async () =>
    (await steps()).flatMap(({ step, successAge }) => (successAge === null ? [] : [[step, successAge] as const])),
  );
}

/** Those who ask while an answer is being made get that one: a scrape and a report ask for many figures at once. */
function askedOnce<Answer>(ask: () => Promise<Answer>): () => Promise<Answer> {
  let inFlight: Promise<Answer> | undefined;
  return () => (inFlight ??= ask().finally(() => (inFlight = undefined)));
}

/** The last answer, where there is none now. */
function remembered<Answer>(ask: () => Promise<Answer>, first: Answer): () => Promise<Answer> {
  let last = first;
  return async () => (last = await ask().catch(() => last));
}
