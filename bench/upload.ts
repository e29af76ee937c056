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
import { createFloorTable, floorOf } from './floors';
import { compareSeconds, timed, type BenchmarkOptions, type Comparison, type RoundRuns } from './measure';
import { PlainStatements, sumOf } from './plain';
import { startBenchService } from './service';
import { billingTokenOf } from './subscriptions';

/** Which billing tokens a file brings: ones never seen, as in a merchant's first month, or those of the month before. */
type Tokens = 'new' | 'known';

/** A `.pay` file of `lines` charges taken in: checked, encrypted and stored; beside a plain COPY of the same bytes. */
export async function benchmarkUpload(options: BenchmarkOptions): Promise<Comparison[]> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-upload-'));
  try {
    return await withDatabase(options.adminUrl, async (url) => {
      const service = await startBenchService({ url, directory, role: 'admin' });
      const client = new Connection(url);
      await client.connect();
      try {
        await createFloorTable(client, 'floor_request', 9);
        const plain = await PlainStatements.prepare(client);
        const bench = new Bench(service, plain, url, join(directory, 'request.pay'), options);
        const taken = { new: await bench.rounds('new'), known: await bench.rounds('known') };
        return (['new', 'known'] as const).map((tokens) =>
          compareSeconds(
            {
              name: `upload of a .pay file, billing tokens ${tokens}`,
              floorIs: 'COPY of the same file',
              rows: options.lines,
              bar: { kind: 'at most', ratio: 3 },
              plainlyIs: PLAINLY[tokens],
            },
            taken[tokens],
          ),
        );
      } finally {
        await client.end();
        await service.close();
      }
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const PLAINLY: Record<Tokens, string> = {
  new: 'INSERT … SELECT of the same charges and sealed billing tokens',
  known: 'INSERT … SELECT of the same charges',
};

class Bench {
  private files = 0;

  constructor(
    private readonly service: RunningService,
    private readonly plain: PlainStatements,
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
      const floor = await floorOf(this.url, { table: 'floor_request', file: this.file });
      const content = createReadStream(this.file);
      let jobId = '';
      const ours = await timed(async () => {
        jobId = (await intake.take({ content, batchReference: '', gatewayAccount: 'tstore', by: SERVICE })).id;
      });
      const charges = await this.plain.charges(jobId);
      const plainly = tokens === 'new' ? sumOf(charges, await this.plain.billingTokens()) : charges;
      print(`upload ${round}/${count} of ${lines}, tokens ${tokens}: ${ours.seconds.toFixed(2)} s`);
      if (round > 0) measured.push({ ours, floor, plainly });
    }
    return measured;
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
