import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_OPTIONS, startSimulator, type Simulator } from '../../../simulator';
import { payFile } from '../simulator/support/merchant';
import { alteredFiles, callEverything, identityIn, prepare, sourceFolder, type Understood } from './support/client';
import { readRecording, withNames, writeRecording, type RecordedRequest } from './support/recording';
import { openRoad, type Road } from './support/road';

const ROWS = [
  { orderNo: 'tx_my00001111', product: 'IAP_consumable_1000', amount: 1000 },
  { orderNo: 'tx_my00002222', product: '동영상 클라우드 어린이TV', amount: 3300, card: 300, membership: 1000 },
  { orderNo: 'tx_my00003333', amount: 5000 },
];
const SUCCESS = { resultCode: '0000' };

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'official-client-'));
  await prepare(sourceFolder(), folder);
});
afterAll(() => rm(folder, { recursive: true }));

test('the client is the official one, unmodified', () => {
  expect(alteredFiles(sourceFolder())).toEqual([]);
});

describe.each(['SANDBOX', 'LIVE'] as const)('the official client in its environment %s', (environment) => {
  let simulator: Simulator;
  let road: Road;
  let understood: Understood[];
  let tids: Record<string, string>;

  const answersTo = (call: string): unknown[] =>
    understood.filter((one) => one.call === call).map(({ answer }) => answer);
  const answerTo = <Answer>(call: string): Answer => answersTo(call)[0] as Answer;
  const tidOf = (orderNo: string): string => tids[orderNo] ?? 'none';

  beforeAll(async () => {
    simulator = await startSimulator({ declineRate: 0, scenario: { declineOrderNos: ['tx_my00003333'] } });
    road = await openRoad(simulator.port, await identityIn(folder));
    const { clientId, clientSecret } = DEFAULT_OPTIONS;
    const file = payFile(ROWS);
    understood = await callEverything(folder, road, { environment, clientId, clientSecret, file, rows: ROWS.length });
    tids = {};
    for await (const { orderNo, tid } of simulator.control.bookEntries()) tids[orderNo] = tid ?? 'None';
  });
  afterAll(async () => {
    await road.close();
    await simulator.close();
  });

  test('gets a token', () => {
    expect(answerTo('token')).toMatchObject({
      accessToken: expect.stringMatching(/^[0-9a-f]{32}$/),
      expired: '43200',
      tokenType: 'Bearer',
      scope: expect.stringContaining('GetTxInfoV2'),
    });
  });

  test('submits a file', () => {
    expect(answerTo('submit')).toMatchObject({ ...SUCCESS, jobId: '1' });
    expect(simulator.control.bookTotals()).toMatchObject({ acceptedCount: 3, chargedCount: 2, chargedAmount: 4300 });
  });

  test('understands the notification and verifies it while its request is open', () => {
    expect(answerTo('notification')).toMatchObject({ event: 'bulkJob', status: 'completed', jobId: '1' });
    expect(answerTo('verify')).toMatchObject(SUCCESS);
    expect(simulator.control.notifications()).toMatchObject([{ jobId: '1', attempts: [{ failure: null }] }]);
  });

  test('downloads the result, both ways it has', () => {
    const text = answerTo<string>('result to a file');
    expect(answerTo('result as a stream')).toBe(text);
    const lines = text.trimEnd().split('\n').slice(1);
    const told = lines.map((line) => line.split(',')).map((cells) => [cells[6], cells[11], cells[12]]);
    expect(told.sort()).toEqual([
      ['tx_my00001111', tidOf('tx_my00001111'), '0000'],
      ['tx_my00002222', tidOf('tx_my00002222'), '0000'],
      ['tx_my00003333', 'None', '8104'],
    ]);
    expect(text).toContain('동영상 클라우드 어린이TV');
  });

  test('looks a transaction up', () => {
    expect(answerTo('transaction')).toMatchObject({
      ...SUCCESS,
      payer: { authKey: expect.stringMatching(/./) },
      paymentTransactionInfo: { status: 'complite', tid: tidOf('tx_my00001111'), amount: 1000 },
    });
  });

  test('refunds, in full and in the shortest form', () => {
    expect(answerTo('refund in full')).toMatchObject({
      ...SUCCESS,
      refundTransactionResponse: { tid: tidOf('tx_my00001111'), amount: 1000 },
    });
    expect(answerTo('refund in short')).toMatchObject({
      ...SUCCESS,
      refundTransactionResponse: { tid: tidOf('tx_my00002222'), amount: 100 },
    });
    expect(simulator.control.bookTotals()).toMatchObject({ refundedAmount: 1100 });
  });

  test('understands refusals', () => {
    const refusal = { resultCode: expect.stringMatching(/^8\d{3}$/), resultMsg: expect.stringMatching(/./) };
    expect(answerTo('transaction unknown')).toMatchObject(refusal);
    expect(answersTo('refund in short')[1]).toMatchObject(refusal);
  });

  test('sends what is recorded, and nothing to anybody else', () => {
    const notiUrl = /^notiUrl: (.*)\r$/m.exec(road.travelled[1]?.sent.toString() ?? '')?.[1] ?? '';
    const varying = {
      accessToken: answerTo<{ accessToken: string }>('token').accessToken,
      notiUrl,
      firstTid: tidOf('tx_my00001111'),
      secondTid: tidOf('tx_my00002222'),
      updateTime: answerTo<{ updateTime: string }>('notification').updateTime,
      authKey: answerTo<{ payer: { authKey: string } }>('transaction').payer.authKey,
    };
    const sent = road.travelled.map((one) => ({ host: one.host, request: withNames(one.sent.toString(), varying) }));
    if (environment === 'SANDBOX' && process.env.OFFICIAL_CLIENT_RECORD !== undefined) writeRecording(sent);
    const recorded = readRecording();
    expect(sent).toEqual(environment === 'SANDBOX' ? recorded : recorded.map(live));
  });
});

function live({ host, request }: RecordedRequest): RecordedRequest {
  return { host: host.replace('sandbox.', ''), request: request.replace('sandbox.', '') };
}
