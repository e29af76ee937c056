import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { runDemo, type DemoOptions } from './demo';

const HELP = `npm run demo [-- OPTIONS]

Starts an embedded PostgreSQL, a simulator of T store and Toss Payments and the service.
Bills one month of subscriptions, by T store and by registered cards, and one uploaded .pay
file end to end, and has a customer pay an order in Toss's window and get a part of it back.
Shows it happening, and ends with results held against each gateway's own book. Then it
keeps serving.
Run it again for the next month, on the same data: it has a folder of its own, demo/ in DATA_DIR
(.data unless the environment says so), and keys of its own in it. It does not read .env.

  --exit               end after the result: status 0 if everything added up, else 1
  --months N           go through N months day by simulated day instead, with pauses, price
                       changes, declines, retries, cancellations and newcomers, and end with a
                       table per month that adds up with the simulator's book to the won;
                       on a database of its own, made anew each time
  --subscriptions N    how many to sell at the first run (default 1000)
  --port N             port of the service (default 8080, or any free one if that is taken)
  --help               this text
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      exit: { type: 'boolean', default: false },
      months: { type: 'string' },
      subscriptions: { type: 'string', default: '1000' },
      port: { type: 'string', default: '8080' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const options: DemoOptions = {
    subscriptions: whole('--subscriptions', values.subscriptions, 1, 1_000_000),
    months: values.months === undefined ? undefined : whole('--months', values.months, 1, 120),
    port: whole('--port', values.port, 0, 65_535),
    print: (line) => process.stdout.write(`${line}\n`),
  };
  const demo = await runDemo(options);
  if (!values.exit) {
    options.print(demo.addresses);
    options.print('Serving until you press Ctrl-C.');
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  }
  await demo.close();
  process.exitCode = demo.addsUp ? 0 : 1;
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new Error(`${name}: expected a whole number from ${least} to ${most} (see --help)`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
