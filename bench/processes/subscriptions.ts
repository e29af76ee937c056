import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBenchService } from '../service';
import { addDueSubscriptions } from '../subscriptions';
import { answerOnce } from './exchange';

/** Fills a database with subscriptions, apart from the process whose memory is measured. */
answerOnce(async (url, count) => {
  const directory = await mkdtemp(join(tmpdir(), 'bench-subscriptions-'));
  const service = await startBenchService({ url, directory, role: 'admin' });
  try {
    await addDueSubscriptions(service.app, Number(count), (line) => void process.stderr.write(`${line}\n`));
  } finally {
    await service.close();
    await rm(directory, { recursive: true, force: true });
  }
  return 'done';
});
