import { messageOf } from '../../src/kernel/errors';
import { DatabaseLink } from './database-link';
import { FaultServer } from './fault-server';
import { tieTimersToReplicas } from './replica';
import { Schedule } from './schedule';

/** What a process that runs some schedules tells of one that has come to its end. */
export interface ScheduleTold {
  seed: number;
  broken: string[];
  events: Record<string, number>;
}

/**
 * Runs the schedules of some seeds, one after the other, and tells of each over IPC. A process of its own, because
 * replicas that were killed stay in its memory, as what nobody releases does: some megabytes a schedule.
 */
async function main(): Promise<void> {
  const [first, last, verbose] = process.argv.slice(2);
  tieTimersToReplicas();
  DatabaseLink.watch();
  const server = await FaultServer.start();
  // Whoever asked for the schedules was killed: nothing of them stays behind.
  process.once('disconnect', () => void server.close().finally(() => process.exit(1)));
  try {
    for (let seed = Number(first); seed <= Number(last); seed++) {
      const end = await Schedule.run(server, seed, verbose === undefined ? () => undefined : say).catch(
        (error: Error) => {
          throw new Error(`seed ${seed} could not be run to its end`, { cause: error });
        },
      );
      await tell({ seed, broken: end.broken, events: end.events });
    }
  } finally {
    await server.close();
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function tell(told: ScheduleTold): Promise<void> {
  return new Promise((done, fail) => {
    const sent = (error: Error | null): void => (error === null ? done() : fail(error));
    if (process.send === undefined) fail(new Error('schedules are run by main.ts'));
    else process.send(told, undefined, undefined, sent);
  });
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    const cause = error instanceof Error ? error.cause : undefined;
    process.stderr.write(`${messageOf(error)}\n${cause instanceof Error ? `${cause.stack}\n` : ''}`);
    process.exit(1);
  },
);
