import { openBench, type Bench } from '../simulator/support/bench';
import { resultLines } from '../simulator/support/merchant';
import { labelledText, speak } from '../simulator/support/raw-http';
import { readCompletely, readStrictly, type StrictAnswer } from '../simulator/support/strict-reader';
import { readRecording, withValues, type Varying } from './support/recording';

const [token, submit, verify, download, stream, lookup, refundInFull, refundInShort, unknown, tooMuch] =
  readRecording().map(({ request }) => request);

let bench: Bench;
let varying: Varying;

beforeEach(async () => {
  bench = await openBench({ scenario: { declineOrderNos: ['tx_my00003333'] } });
  varying = { accessToken: '', notiUrl: bench.listener.url, firstTid: '', secondTid: '', updateTime: '', authKey: '' };
});
afterEach(() => bench.close());

/**
 * Sends a recorded request and reads the answer as its client does; only that it keeps the connection open is left out, so
 * that the answer has an end.
 */
async function replay(recorded = ''): Promise<string> {
  const request = withValues(recorded, varying).replace('Connection: Keep-Alive', 'Connection: close');
  const answer = await speak(bench.simulator.port, [request]);
  expect(answer).toMatchObject({ status: 200, complete: true });
  return labelledText(answer);
}

test('the requests that the official client sent, byte for byte, have the answers that it succeeded with', async () => {
  varying.accessToken = String(readCompletely('token', await replay(token)).accessToken);
  expect(readCompletely('submit', await replay(submit))).toMatchObject({ resultCode: '0000', jobId: '1' });
  await bench.simulator.control.deliverNotifications();
  varying.updateTime = String(bench.lastNotification().updateTime);
  expect(readCompletely('verify', await replay(verify))).toMatchObject({ resultCode: '0000' });

  const result = await replay(download);
  expect(await replay(stream)).toEqual(result);
  expect(result).toContain('동영상 클라우드 어린이TV');
  const lines = resultLines(result);
  expect(lines.map((cells) => cells[12]).sort()).toEqual(['0000', '0000', '8104']);
  [varying.firstTid = '', varying.secondTid = ''] = lines
    .map((cells) => cells[11] ?? '')
    .filter((tid) => tid !== 'None');

  const transaction = readCompletely('transaction', await replay(lookup));
  expect(transaction).toMatchObject({
    resultCode: '0000',
    resultMsg: '성공',
    paymentTransactionInfo: { tid: varying.firstTid },
  });
  varying.authKey = String((transaction.payer as StrictAnswer).authKey);
  expect(readCompletely('refund', await replay(refundInFull))).toMatchObject({ resultCode: '0000' });
  expect(readCompletely('refund', await replay(refundInShort))).toMatchObject({ resultCode: '0000' });
  expect(bench.simulator.control.bookTotals()).toMatchObject({ chargedAmount: 4300, refundedAmount: 1100 });

  expect(readStrictly('transaction', await replay(unknown)).resultCode).not.toBe('0000');
  expect(readStrictly('refund', await replay(tooMuch)).resultCode).not.toBe('0000');
});
