import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { SERVICE } from '../src/approval';
import { RequestFileIntakeService } from '../src/bulk-payment';
import type { RunningService } from '../src/service';
import { Connection } from '../src/platform/database';
import { withDatabase } from './database';
import {
  compareSeconds,
  textOf,
  timed,
  type BenchmarkOptions,
  type Comparison,
  type RoundRuns,
  type Run,
  type SecondsAsked,
} from './measure';
import { isPeerRound, PeerTables, peerDoes } from './peers';
import { PlainStatements, sumOf } from './plain';
import { startBenchService } from './service';
import { billingTokenOf } from './subscriptions';

/** Which billing tokens a file brings: ones never seen, as in a merchant's first month, or those of the month before. */
type Tokens = 'new' | 'known';

/** A `.pay` file of `lines` charges taken in: checked, encrypted and stored; beside the same rows stored plainly. */
export async function benchmarkUpload(options: BenchmarkOptions): Promise<Comparison[]> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-upload-'));
  try {
    return await withDatabase(options.adminUrl, async (url) => {
      const service = await startBenchService({ url, directory, role: 'admin' });
      const client = new Connection(url);
      await client.connect();
      try {
        const plain = await PlainStatements.prepare(client);
        const peers = await PeerTables.prepare(client);
        const bench = new Bench(service, plain, peers, url, join(directory, 'request.pay'), options);
        const comparisons: Comparison[] = [];
        for (const tokens of ['new', 'known'] as const) {
          comparisons.push(compareSeconds({ ...ASKED[tokens], rows: options.lines }, await bench.rounds(tokens)));
        }
        return comparisons;
      } finally {
        await client.end();
        await service.close();
      }
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const PEER = { peerIs: 'csv-parse, class-validator, TypeORM, 1,000 at once', atLeast: 10 };

const ASKED: Record<Tokens, Omit<SecondsAsked, 'rows'>> = {
  new: {
    name: 'upload of a .pay file, billing tokens new',
    limitIs: 'INSERT … SELECT of the same charges and sealed billing tokens',
    atMost: 2,
    ...PEER,
  },
  known: {
    name: 'upload of a .pay file, billing tokens known',
    limitIs: 'INSERT … SELECT of the same charges',
    atMost: 1.6,
    ...PEER,
  },
};

class Bench {
  private files = 0;

  constructor(
    private readonly service: RunningService,
    private readonly plain: PlainStatements,
    private readonly peers: PeerTables,
    private readonly url: string,
    private readonly file: string,
    private readonly options: BenchmarkOptions,
  ) {}

  /** The first warms up and does not count. */
  async rounds(tokens: Tokens): Promise<RoundRuns[]> {
    const { rounds: count, lines, print } = this.options;
    const intake = this.service.app.get(RequestFileIntakeService);
    const measured: RoundRuns[] = [];
    for (let round = 0; round <= count; round++) {
      await writeFile(this.file, requestFileOf(lines, ++this.files, tokens));
      const hasPeer = isPeerRound(round, lines);
      // What it knows is what we know.
      if (hasPeer) await this.peers.fill('billing_token');
      const content = createReadStream(this.file);
      let jobId = '';
      const ours = await timed(async () => {
        jobId = (await intake.take({ content, batchReference: '', gatewayAccount: 'tstore', by: SERVICE })).id;
      });
      const charges = await this.plain.charges(jobId);
      const limit = tokens === 'new' ? sumOf(charges, await this.plain.billingTokens()) : charges;
      const peer = hasPeer ? await this.peerTakes(jobId) : undefined;
      print(`upload ${round}/${count} of ${lines}, tokens ${tokens}: ${textOf({ ours, limit, peer })}`);
      if (round > 0) measured.push({ ours, limit, peer });
    }
    return measured;
  }

  /** The same file, to the same charges and tokens. */
  private async peerTakes(jobId: string): Promise<Run> {
    await this.peers.empty('charge');
    const run = await peerDoes<Run>('upload', this.url, { file: this.file, jobId });
    await this.peers.expectSame('charge', `bulk_payment_job_id = ${jobId}`);
    await this.peers.expectSame('billing_token');
    return run;
  }
}

function requestFileOf(lines: number, file: number, tokens: Tokens): Readable {
  const firstToken = tokens === 'new' ? file * lines : 0;
  function* rows(): Generator<string> {
    yield 'mid,billingToken,productId,nmProduct,noBranchOrder,amtReqPurchase,amtCarrier,amtCreditCard,amtRms';
    for (let line = 0; line < lines; line++) {
      const token = billingTokenOf(firstToken + line);
      yield `\nskpcorp,${token},0910024116,동영상 클라우드 어린이TV,file-${file}-${line},5500,5500,0,0`;
    }
  }
  return Readable.from(rows());
}
