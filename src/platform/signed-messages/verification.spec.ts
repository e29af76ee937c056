import { Webhook } from 'standardwebhooks';
import { signatureFaultOf } from './verification';

interface Vector {
  secret: string;
  id: string;
  timestamp: number;
  body: string;
  signature: string;
}

const V1: Vector = {
  ...{ secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1_614_265_330 },
  ...{ body: '{"test": 2432232314}', signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=' },
};
const P1: Vector = {
  ...{ secret: 'pzQGE83cSIRKM4/WH5QY+g==', id: 'dummy-webhook-id', timestamp: 1_714_039_200 },
  ...{ body: '{"test":"test payload"}', signature: 'v1,AMuZERspSjUAnx8CvPtk1FoKRwbyI5Dg3Uj9585DiMQ=' },
};
const P2: Vector = {
  ...P1,
  body: '{"type":"Transaction.Cancelled","timestamp":"2024-04-25T10:00:00.000Z","data":{"paymentId":"example-payment-id","storeId":"store-ae356798-3d20-4969-b739-14c6b0e1a667","transactionId":"55451513-9763-4a7a-bb43-78a4c65be843","cancellationId":"0cdd91e9-4e7c-44a3-a72e-1a6511826c2b"}}',
  signature: 'v1,WcpSrH93A5Nq8FBp6WrpXA90yfYzfsbFptlaKixYHQ0=',
};
const O1: Vector = {
  ...{ secret: 'whsec_C2FtcGxlLXNlY3JldC1mb3ItdGVzdHMtMDAwMDE=', id: 'msg_2mZ8tB1cQ4w7', timestamp: 1_795_842_000 },
  body: '{"type":"charge.paid","timestamp":"2026-11-28T05:00:00.000Z","data":{"orderNo":"ord_01JDX8","amount":15000,"orderName":"월간 이용권"}}',
  signature: 'v1,CD3akUa7RnDZ4jDLa1w3oD/s0Iwcbxzv7Sf5zx2Qc1s=',
};
const O2: Vector = {
  ...O1,
  secret: 'whsec_ZHVtbXktc2Vjb25kLXNlY3JldC0wMDAwMDAwMDI=',
  signature: 'v1,1c7QYE448MtK2W9WGA5JHGH9jA9bHSsH217lickhS2Q=',
};
const O3: Vector = { ...O1, body: `${O1.body}\n`, signature: 'v1,K+rEi3WzXGIV1cTT/PGWjCygd9OW7fubv9ymk3Dip1o=' };
const O4: Vector = {
  ...O1,
  body: O1.body.replace('월간 이용권', '\\uc6d4\\uac04 \\uc774\\uc6a9\\uad8c'),
  signature: 'v1,WbHjXSvHlq9gThwRY3VzMCJ9w8mLFBtGvIhZmlPYKW4=',
};
const O5: Vector = { ...O1, body: '', signature: 'v1,dJ0TpJ1rTeXGtBuC3smD3lAbalLXTKYpxYXWPjBbiFM=' };

const DECOY = 'v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=';

interface Changes {
  id?: readonly string[];
  timestamp?: readonly string[];
  signature?: readonly string[];
  body?: Buffer;
  secrets?: readonly string[];
  atSeconds?: number;
}

function faultOf(vector: Vector, changes: Changes = {}) {
  const { secrets = [vector.secret], atSeconds = vector.timestamp, ...headers } = changes;
  const message = {
    ...{ id: [vector.id], timestamp: [String(vector.timestamp)], signature: [vector.signature] },
    body: Buffer.from(vector.body),
    ...headers,
  };
  return signatureFaultOf(message, secrets, new Date(atSeconds * 1000));
}

describe('a signed message', () => {
  it.each(Object.entries({ V1, P1, P2, O1, O2, O3, O4, O5 }))('is taken: %s', (_name, vector) => {
    expect(faultOf(vector)).toBeUndefined();
    const bare = vector.secret.replace('whsec_', '');
    for (const secret of [bare, `whsec_${bare}`]) expect(faultOf(vector, { secrets: [secret] })).toBeUndefined();
  });

  it('is taken by any of several secrets, and by any of several signatures wherever it stands', () => {
    expect(faultOf(O1, { secrets: [O2.secret, O1.secret] })).toBeUndefined();
    const both = [`${O1.signature} ${O2.signature}`];
    for (const { secret } of [O1, O2]) expect(faultOf(O1, { signature: both, secrets: [secret] })).toBeUndefined();
    const other = V1.signature.slice(3);
    for (const listed of [
      `${DECOY} v2,${other} ${V1.signature}`,
      `${V1.signature} ${DECOY} v1a,xyz v9,`,
      `unknown v1 ${V1.signature}`,
      `  ${V1.signature} `,
    ]) {
      expect(faultOf(V1, { signature: [listed] })).toBeUndefined();
    }
  });

  it('is taken for 300 seconds either way, and not one more', () => {
    for (const seconds of [-300, 300]) {
      expect(faultOf(V1, { atSeconds: V1.timestamp + seconds })).toBeUndefined();
    }
    expect(faultOf(V1, { atSeconds: V1.timestamp + 301 })).toBe('too old');
    expect(faultOf(V1, { atSeconds: V1.timestamp - 301 })).toBe('too new');
  });

  it('is not taken without each header once', () => {
    for (const name of ['id', 'timestamp', 'signature'] as const) {
      const value = { id: V1.id, timestamp: String(V1.timestamp), signature: V1.signature }[name];
      for (const values of [[], [''], [value, value]]) {
        expect(faultOf(V1, { [name]: values })).toBe('headers missing');
      }
    }
  });

  it.each(['hello', '-1', '1614265330.0', '123abc', ' 1614265330', '1'.repeat(13)])('is of no time: %p', (time) => {
    expect(faultOf(V1, { timestamp: [time] })).toBe('time unreadable');
  });

  it.each([
    ['keyed with the secret’s text', V1, 'v1,TcxlhK9b6UD6iVI1ZU2tTqp8PEVfYRseNNfa6b+LcUg='],
    ['the same of PortOne’s', P1, 'v1,hq40UaMhsYgIXDyJXrAR/8KS10reXfRlaBdp+qVEutM='],
    ['without its version', V1, V1.signature.slice(3)],
    ['of another version', V1, V1.signature.replace('v1,', 'v2,')],
    ['of an asymmetric version', V1, V1.signature.replace('v1,', 'v1a,')],
    ['cut', V1, V1.signature.slice(0, 8)],
    ['empty behind its version', V1, 'v1,'],
    ['no base64', V1, 'v1,dawfeoifkpqwoekfpqoekf'],
    ['with more behind it', V1, `${V1.signature},x`],
    ['without its padding', V1, V1.signature.replace('=', '')],
    ['of the text before it was written anew', O3, O1.signature],
    ['of the text before it was escaped', O4, O1.signature],
  ])('is not signed: %s', (_name, vector, signature) => {
    expect(faultOf(vector, { signature: [signature] })).toBe('no signature matches');
  });

  it('is not taken where anything of it was changed, or with another’s secret, or with none', () => {
    expect(faultOf(V1, { id: [`${V1.id}x`] })).toBe('no signature matches');
    expect(faultOf(V1, { timestamp: [String(V1.timestamp + 1)] })).toBe('no signature matches');
    for (const secrets of [[O1.secret], [], [''], ['whsec_']]) {
      expect(faultOf(V1, { secrets })).toBe('no signature matches');
    }
    expect(faultOf(V1, { signature: [`${`${DECOY} `.repeat(16)}${V1.signature}`] })).toBe('too many signatures');
  });

  it('is signed to the byte, be it text or not', () => {
    const bytes = Buffer.from([0x7b, 0xff, 0xfe, 0x7d]);
    expect(faultOf({ ...V1, body: bytes.toString('utf8') })).toBe('no signature matches');
    expect(faultOf(V1, { body: bytes })).toBe('no signature matches');
  });

  it('is taken as the library of the rules’ authors signs it', () => {
    const now = Math.floor(Date.now() / 1000);
    const signature = new Webhook(V1.secret).sign('msg_1', new Date(now * 1000), O1.body);
    const vector = { ...V1, id: 'msg_1', timestamp: now, body: O1.body, signature };
    expect(faultOf(vector)).toBeUndefined();
    expect(faultOf({ ...vector, secret: O1.secret })).toBe('no signature matches');
  });
});
