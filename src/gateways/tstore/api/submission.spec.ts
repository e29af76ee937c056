import { parseJsonObject } from '../../reading';
import { readReceipt, submissionHeaders } from './submission';

describe('submissionHeaders', () => {
  it('gives the five values as text', () => {
    expect(submissionHeaders('skplanet', 'https://merchant.example/noti_listener/abc', 1234567)).toEqual({
      verBulkPay: '1',
      bid: 'skplanet',
      notiUrl: 'https://merchant.example/noti_listener/abc',
      cntTotalTrans: '1234567',
      priority: 'Instant',
    });
  });

  it('takes an empty notification address: the payment runs and nobody is told', () => {
    expect(submissionHeaders('skplanet', '', 1).notiUrl).toBe('');
  });

  it.each(['a\r\nb', 'a\nb', 'a b', 'ab\0', '한글', '\u00e9'])('refuses %j in a header without showing it', (text) => {
    expect(() => submissionHeaders(text, '', 1)).toThrow("the header bid holds characters that can't be sent");
    expect(() => submissionHeaders('b', text, 1)).toThrow("the header notiUrl holds characters that can't be sent");
  });

  it.each([0, -1, 1.5, Number.NaN, 2 ** 53])('refuses %d rows', (lineCount) => {
    expect(() => submissionHeaders('b', '', lineCount)).toThrow(RangeError);
  });
});

describe('readReceipt', () => {
  const answer = { resultCode: '0000', resultMsg: 'Success', waitingJobs: 3, jobId: '145' };

  it.each([
    ['a string', '145', '145'],
    ['a number', 145, '145'],
    ['any printable text', 'job-9/a b'.replace(' ', '+'), 'job-9/a+b'],
  ])('takes a job id that is %s', (_name, jobId, gatewayJobId) => {
    expect(readReceipt({ ...answer, jobId })).toEqual({
      resultCode: '0000',
      resultMessage: 'Success',
      gatewayJobId,
      waitingJobs: 3,
    });
  });

  it.each(['1.0', '12345678901234567890'])('takes the number %s as it is written', (written) => {
    const members = parseJsonObject(Buffer.from(`{"resultCode":"0000","resultMsg":"","jobId":${written}}`));
    expect(readReceipt(members ?? {})).toMatchObject({ gatewayJobId: written });
  });

  it.each([undefined, null, '', ' ', '.', '..', 1.5, 2 ** 53, true, {}, 'a\nb', 'x'.repeat(129)])(
    'can’t read an answer whose job id is %j',
    (jobId) => {
      expect(readReceipt({ ...answer, jobId })).toBeUndefined();
    },
  );

  it.each([
    [3, 3],
    ['3', 3],
    [0, 0],
    [undefined, null],
    [null, null],
    ['many', null],
    [-1, null],
    [1.5, null],
  ])('reads %j waiting jobs as %j, for the job id is what matters', (waitingJobs, expected) => {
    expect(readReceipt({ ...answer, waitingJobs })?.waitingJobs).toBe(expected);
  });

  it.each([undefined, null, 0, '0', '9999'])('takes the result code %j for no success', (resultCode) => {
    expect(readReceipt({ ...answer, resultCode })).toBeUndefined();
  });
});
