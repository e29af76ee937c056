import { GUESSED_LIFETIME_SECONDS, readToken } from './access-token';

const REQUESTED_AT = new Date('2026-11-20T00:00:00.000Z');

function token(members: Record<string, unknown> = {}) {
  return readToken(
    { accessToken: 'abc+/=', expired: '43200', tokenType: 'Bearer', scope: 'GetTxInfo', ...members },
    REQUESTED_AT,
  );
}

describe('readToken', () => {
  it('reads a token and counts its life from when it was asked for', () => {
    expect(token({ unknown: { member: 1 } })).toEqual({
      accessToken: 'abc+/=',
      expiresAt: new Date('2026-11-20T12:00:00.000Z'),
      expiryGuessed: false,
      expiryText: '43200',
      tokenType: 'Bearer',
      scope: 'GetTxInfo',
    });
  });

  it.each([
    ['seconds to live', '43200', '2026-11-20T12:00:00.000Z'],
    ['one second', '1', '2026-11-20T00:00:01.000Z'],
    ['epoch milliseconds', String(Date.UTC(2026, 10, 20, 6)), '2026-11-20T06:00:00.000Z'],
    ['a time in Seoul', '20261120123000', '2026-11-20T03:30:00.000Z'],
    ['a time in Seoul a second away', '20261120090001', '2026-11-20T00:00:01.000Z'],
    ['white space around it', ' 600 ', '2026-11-20T00:10:00.000Z'],
    ['a number', 43200, '2026-11-20T12:00:00.000Z'],
  ])('takes %s', (_name, expired, expiresAt) => {
    expect(token({ expired })).toMatchObject({ expiresAt: new Date(expiresAt), expiryGuessed: false });
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['words', 'soon'],
    ['no time left', '0'],
    ['a negative number', '-1'],
    ['more seconds than a life', '9999999999'],
    ['a Seoul time that has passed', '20261120085959'],
    ['the Seoul time of now', '20261120090000'],
    ['epoch milliseconds that have passed', String(REQUESTED_AT.getTime())],
    ['no time of the calendar', '20261301000000'],
    ['an object', { in: 5 }],
  ])('counts a token as short-lived and says so when its expiry is %s', (_name, expired) => {
    const expiresAt = new Date(REQUESTED_AT.getTime() + GUESSED_LIFETIME_SECONDS * 1000);
    expect(token({ expired })).toMatchObject({ expiresAt, expiryGuessed: true });
  });

  it('tells of an odd expiry no more than a warning can show', () => {
    expect(token({ expired: 'x'.repeat(1_000) })?.expiryText).toBe('x'.repeat(40));
  });

  it.each([undefined, null, '', 12, 'a b', 'a\r\nBid: x', '토큰', 'x'.repeat(5_000)])(
    'takes %j for no token, because no header could carry it',
    (accessToken) => {
      expect(token({ accessToken })).toBeUndefined();
    },
  );
});
