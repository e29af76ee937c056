import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBenchService } from '../service';
import { addDueSubscriptions } from '../subscriptions';

/** Fills a database with subscriptions, apart from the process whose memory is measured. */
async function main(): Promise<void> {
  const [url = '', count = '0'] = process.argv.slice(2);
  const directory = await mkdtemp(join(tmpdir(), 'bench-subscriptions-'));
  const service = await startBenchService({ url, directory, role: 'admin' });
  try {
    await addDueSubscriptions(service.app, Number(count), (line) => void process.stderr.write(`${line}\n`));
  } finally {
    await service.close();
    await rm(directory, { recursive: true, force: true });
  }
  process.send?.('done', undefined, undefined, () => process.disconnect());
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
