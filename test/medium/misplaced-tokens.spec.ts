import { ONE_DONE } from '../../src/kernel/step-report';
import { dumpOf } from '../support/database-dump';
import { answersOf } from '../support/result-answers';
import { COLUMN, fileBytes, goodFile, type FileLine } from '../support/result-file-model';
import { MERCHANT_ID, ResultWorld, STAGES } from '../support/result-world';
import { leaksIn, type Secret } from '../support/secret-search';

type Change = (columns: string[], token: string) => void;

/** What a gateway may do with a billing token besides giving it back in its column. */
const MISPLACED: readonly Change[] = [
  (columns, token) => (columns[COLUMN.msgResult] = `token ${token} is not known`),
  (columns, token) => {
    columns[COLUMN.tid] = 'None';
    columns[COLUMN.cdResult] = '9100';
    columns[COLUMN.msgResult] = `${token.toLowerCase()}: expired`;
  },
  (columns, token) => {
    columns[COLUMN.billingToken] = columns[COLUMN.productId] ?? '';
    columns[COLUMN.productId] = token;
  },
  (columns, token) => (columns[COLUMN.noBranchOrder] = token),
  (columns, token) => (columns[COLUMN.cmId] = token),
  (columns, token) => (columns[COLUMN.cdResult] = token),
  (columns, token) => (columns[COLUMN.tid] = token),
  (columns, token) => (columns[COLUMN.tid] = `${token}${token}`),
  (columns, token) => columns.splice(2, 0, token),
  (columns, token) => (columns[COLUMN.amtCarrier] = token),
  (columns, token) => columns.fill(token),
];

describe('billing tokens where no gateway should put them', () => {
  let world: ResultWorld;

  beforeAll(async () => {
    world = await ResultWorld.start();
  });

  afterAll(() => world.close());

  it('are kept in clear nowhere, and the lines are accounted for all the same', async () => {
    const answers = answersOf('misplaced-', MISPLACED.length + 1);
    const file = goodFile(MERCHANT_ID, answers);
    const lines = file.lines.map((line, index) => changed(line, MISPLACED[index], answers[index]?.token ?? ''));
    const job = await world.verifiedJob(answers);
    world.gateway.serve(job.gatewayJobId, fileBytes({ ...file, lines }));
    const secrets: Secret[] = answers.map(({ token }, index) => ({ name: `token ${index}`, value: token }));
    for (const stage of STAGES) {
      expect([stage, await world.run(stage)]).toEqual([stage, ONE_DONE]);
      const searched = (await dumpOf(world.database.pool.options.connectionString ?? '')).filter(
        // The order number of a line is compared with ours as it stands, and the table is gone when the job is settled.
        ({ place }) => !place.includes('staging.'),
      );
      expect(leaksIn(searched, secrets)).toEqual([]);
    }
    const end = await world.end(job);
    const { totals } = end.result;
    const counted = [totals.paid, totals.declined, totals.missing, totals.quarantined];
    expect(counted.reduce((sum, { count }: { count: number }) => sum + count, 0)).toBe(answers.length);
    expect(end.settlements.map(({ resultMessage }) => resultMessage)).toEqual(
      expect.arrayContaining(['token *** is not known', '***: expired']),
    );
    const shown = JSON.stringify([await world.get('discrepancies'), await world.get('charges'), end]);
    expect(leaksIn([{ place: 'the admin API', content: shown }], secrets)).toEqual([]);
  });
});

function changed(line: FileLine, change: Change | undefined, token: string): FileLine {
  const columns = line.text.split(',');
  change?.(columns, token);
  return { ...line, text: columns.join(',') };
}
