import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { BillingRunPlanning } from '../src/billing-run';
import { billingDateAfter } from '../src/kernel/seoul-calendar';
import { Connection } from '../src/platform/database';
import { withDatabase } from './database';
import { limitOf, spreadOf, startWatch, type BenchmarkOptions, type Comparison, type Run } from './measure';
import { isPeerRound } from './peers';
import type { PaymentsOrder } from './peers/payments';
import { answerOf, startProcess } from './processes';
import type { BareCallsOrder } from './processes/bare-calls';
import { startBenchService } from './service';
import { startBenchSimulator } from './simulator';
import { FIRST_BILLING_DATE } from './subscriptions';
import { addCardHolders, BenchToss, tossSettings, type BenchCard } from './toss';

/** As many as the settings allow. */
const AT_ONCE = 64;
/** Ten times as many as are at work at once: of fewer, beginning and end would count for too much. */
const PAYMENTS = 10 * AT_ONCE;
const SLOW_MS = 300;
const MOST_WAIT_SECONDS = 600;

/** What a round took of each side; the peer is not in every round. */
interface Round {
  ours: Run;
  limit: Run;
  peer: Run | undefined;
  /** Ours, when the gateway takes its time. */
  slow: Run;
}

/**
 * A month's cards charged at Toss, each by a call of its own: planned, each intent committed, called, and what came of it
 * settled. Beside the same calls and nothing else, and beside a loop that locks and saves.
 */
export async function benchmarkPayments(options: BenchmarkOptions): Promise<Comparison[]> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-payments-'));
  const simulator = await startBenchSimulator('--processing-delay', '0');
  try {
    return await withDatabase(options.adminUrl, async (url) => {
      const settings = {
        ...tossSettings(simulator.baseUrl),
        SCHEDULER_GATEWAY_WIDTH: String(AT_ONCE),
        PAYMENT_RATE_PER_MINUTE: '60000',
      };
      const service = await startBenchService({ url, directory, simulatorUrl: simulator.baseUrl, settings });
      const client = new Connection(url);
      await client.connect();
      const processes = [startProcess('bare-calls'), startProcess('../peers/payments', url)] as const;
      try {
        const toss = new BenchToss(simulator.baseUrl);
        await toss.control('POST', 'declines', { declineRate: 0 });
        const count = Math.min(options.lines, PAYMENTS);
        const cards = await addCardHolders(service.app, toss, { count, dueOn: FIRST_BILLING_DATE });
        const planning = service.app.get(BillingRunPlanning);
        return comparisonsOf(await new Bench(planning, client, toss, cards, processes, options).rounds(), count);
      } finally {
        processes.forEach((child) => child.kill());
        await client.end();
        await service.close();
      }
    });
  } finally {
    simulator.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

class Bench {
  private date = FIRST_BILLING_DATE;

  constructor(
    private readonly planning: BillingRunPlanning,
    private readonly client: Connection,
    private readonly toss: BenchToss,
    private readonly cards: readonly BenchCard[],
    private readonly processes: readonly [limit: ChildProcess, peer: ChildProcess],
    private readonly options: BenchmarkOptions,
  ) {}

  /** The first warms up and does not count. */
  async rounds(): Promise<Round[]> {
    const measured: Round[] = [];
    for (let round = 0; round <= this.options.rounds; round++) {
      const limit = await this.bareCalls(round);
      const ours = await this.month();
      const peer = isPeerRound(round, this.options.lines) ? await this.peersMonth() : undefined;
      await this.toss.answerAfter(SLOW_MS, 'billing-charge');
      const slow = await this.month();
      await this.toss.answerAfter(0, 'billing-charge');
      const text = Object.entries({ ours, limit, peer, slow }).map(([who, run]) => `${who} ${this.perSecond(run)}`);
      this.options.print(`payments ${round}/${this.options.rounds}, charges/s: ${text.join(', ')}`);
      if (round > 0) measured.push({ ours, limit, peer, slow });
    }
    return measured;
  }

  /** From the first intent to the last that is settled, as the rows have it. */
  private async month(): Promise<Run> {
    const before = await this.toss.approvedCount();
    const stop = startWatch();
    await this.planning.plan(this.date);
    const seconds = await this.settled();
    const { cpuSeconds } = stop();
    if ((await this.toss.approvedCount()) - before !== this.cards.length) throw new Error('not each was charged once');
    this.date = billingDateAfter(this.date, 1, Number(FIRST_BILLING_DATE.slice(-2)));
    return { seconds, cpuSeconds };
  }

  private async settled(): Promise<number> {
    const stop = startWatch();
    for (;;) {
      const { rows } = await this.client.query<{ paid: number; states: string[]; seconds: number }>(
        `SELECT count(*) FILTER (WHERE direct_payment.state = 'Paid')::int AS paid, array_agg(DISTINCT direct_payment.state) AS states,
           extract(epoch FROM max(ended_at) - min(sent_at))::float8 AS seconds
         FROM direct_payment JOIN billing_run ON billing_run.id = billing_run_id WHERE billing_date = $1`,
        [this.date],
      );
      const [found] = rows;
      if (found?.paid === this.cards.length) return found.seconds;
      if (stop().seconds > MOST_WAIT_SECONDS) throw new Error(`payments are still ${found?.states.join(', ')}`);
      await delay(50);
    }
  }

  private bareCalls(round: number): Promise<Run> {
    const [limit] = this.processes;
    const { cards, toss } = this;
    const orderNoPrefix = `bare-${round}`;
    limit.send({ baseUrl: toss.baseUrl, cards, orderNoPrefix, connections: AT_ONCE } satisfies BareCallsOrder);
    return answerOf<Run>(limit);
  }

  private peersMonth(): Promise<Run> {
    const [, peer] = this.processes;
    peer.send({ baseUrl: this.toss.baseUrl, cards: this.cards } satisfies PaymentsOrder);
    return answerOf<Run>(peer);
  }

  private perSecond(run: Run | undefined): string {
    return run === undefined ? '-' : String(Math.round(this.cards.length / run.seconds));
  }
}

function comparisonsOf(rounds: readonly Round[], count: number): Comparison[] {
  const perSecond = (runs: readonly Run[]) => spreadOf(runs.map(({ seconds }) => count / seconds));
  const cpuSeconds = (runs: readonly Run[]) => spreadOf(runs.map((run) => run.cpuSeconds)).median;
  const ours = rounds.map((round) => round.ours);
  const limit = rounds.map((round) => round.limit);
  const slow = rounds.map((round) => round.slow);
  const peers = rounds.flatMap((round) => round.peer ?? []);
  const peer = {
    is: 'one by one, a row lock, two saves',
    figure: perSecond(peers),
    cpuSeconds: cpuSeconds(peers),
    ratio: perSecond(ours).median / perSecond(peers).median,
    bar: { kind: 'at least', ratio: 5 },
  } as const;
  return [
    {
      name: 'direct payments, answered at once',
      unit: 'charges/s',
      ours: perSecond(ours),
      cpuSeconds: cpuSeconds(ours),
      limit: limitOf(perSecond(ours), {
        is: `the same calls alone, ${AT_ONCE} at once`,
        figure: perSecond(limit),
        cpuSeconds: cpuSeconds(limit),
        bar: { kind: 'at least', ratio: 0.5 },
      }),
      peer: peers.length === 0 ? undefined : peer,
    },
    {
      name: `direct payments, answered after ${SLOW_MS} ms`,
      unit: 'charges/s',
      ours: perSecond(slow),
      cpuSeconds: cpuSeconds(slow),
      limit: limitOf(perSecond(slow), {
        is: `${AT_ONCE} calls at once, without end`,
        figure: spreadOf([(AT_ONCE * 1_000) / SLOW_MS]),
        bar: { kind: 'at least', ratio: 0.9 },
      }),
    },
  ];
}
