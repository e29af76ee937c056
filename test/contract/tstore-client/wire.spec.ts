import { Readable } from 'node:stream';
import { submissionHeaders, type TstoreClient } from '../../../src/gateways/tstore';
import { won } from '../../../src/kernel/won';
import { CREDENTIALS, clientOf, tstoreConfig } from './fixture';
import { answering, type RawServer } from './raw-server';

/** A request taken apart by hand; header names in lower case, because nobody may depend on theirs. */
interface Seen {
  requestLine: string;
  headers: Record<string, string>;
  body: string;
}

describe('the bytes the client sends', () => {
  let server: RawServer;
  let client: TstoreClient;

  beforeEach(async () => {
    server = await answering('200 OK', '{"resultCode":"9999","resultMsg":"seen"}').listen();
    client = clientOf(tstoreConfig(server.url));
  });

  afterEach(async () => {
    client.onApplicationShutdown();
    await server.close();
  });

  function seen(): Seen {
    const headEnd = server.text.indexOf('\r\n\r\n');
    const [requestLine = '', ...lines] = server.text.slice(0, headEnd).split('\r\n');
    const headers = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    );
    return { requestLine, headers, body: Buffer.from(server.text.slice(headEnd + 4), 'latin1').toString('utf8') };
  }

  it('asks for a token with BASIC in upper case and a form', async () => {
    await client.requestToken(CREDENTIALS);
    const { requestLine, headers, body } = seen();
    expect(requestLine).toBe('POST /oauth/service/accessToken HTTP/1.1');
    expect(headers.authorization).toBe(`BASIC ${Buffer.from('client+/=:secret:with+/=').toString('base64')}`);
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded; charset=ISO-8859-1');
    expect(headers['content-length']).toBe('29');
    expect(body).toBe('grant_type=client_credentials');
  });

  it('submits chunked, with the five headers and the label of the official client', async () => {
    const headers = submissionHeaders('skplanet', 'https://merchant.example/noti_listener/abc', 2);
    const content = Readable.from([Buffer.from('mid\n동'), Buffer.from('영상\n'), Buffer.from('끝')]);
    await client.submit({ headers, content }, 'token+/=');
    const request = seen();
    expect(request.requestLine).toBe('POST /v1/payment/fileJob HTTP/1.1');
    expect(request.headers).toMatchObject({
      authorization: 'Bearer token+/=',
      verbulkpay: '1',
      bid: 'skplanet',
      notiurl: 'https://merchant.example/noti_listener/abc',
      cnttotaltrans: '2',
      priority: 'Instant',
      'transfer-encoding': 'chunked',
      'content-type': 'text/plain; charset=ISO-8859-1',
      host: `127.0.0.1:${server.port}`,
    });
    expect(request.headers).not.toHaveProperty('content-length');
    expect(request.headers).not.toHaveProperty('expect');
    expect(request.body).toBe('7\r\nmid\n동\r\n7\r\n영상\n\r\n3\r\n끝\r\n0\r\n\r\n');
  });

  it('sends an empty notification address as an empty header', async () => {
    await client.submit({ headers: submissionHeaders('skplanet', '', 1), content: Readable.from(['x']) }, 't');
    expect(seen().headers).toHaveProperty('notiurl', '');
  });

  it('makes a new connection for every submission and refund, so that no kept one can fail it', async () => {
    const headers = submissionHeaders('skplanet', '', 1);
    await client.transaction('t1', 't');
    await client.submit({ headers, content: Readable.from(['x']) }, 't');
    await client.submit({ headers, content: Readable.from(['x']) }, 't');
    await client.refund(refundOf('t1'), 't');
    expect(server.sockets).toHaveLength(4);
  });

  it('asks for a result and for a transaction by encoded ids, without a body', async () => {
    await client.downloadResult('145', 't');
    expect(seen().requestLine).toBe('GET /v1/payment/job/145 HTTP/1.1');
    expect(seen().headers).toMatchObject({ authorization: 'Bearer t' });
    expect(seen().headers).not.toHaveProperty('content-length');
    expect(seen().headers).not.toHaveProperty('transfer-encoding');
    await client.transaction('a/b?c#d e', 't');
    expect(server.text).toContain('GET /v1/payment/transaction/a%2Fb%3Fc%23d%20e HTTP/1.1\r\n');
  });

  it.each(['', '.', '..'])('does not let the id %j lead to another path', async (id) => {
    await expect(client.downloadResult(id, 't')).rejects.toThrow(RangeError);
    await expect(client.transaction(id, 't')).rejects.toThrow(RangeError);
    expect(server.sockets).toHaveLength(0);
  });

  it('refunds with every member present', async () => {
    await client.refund(refundOf('TSTORE0004_1'), 'token');
    const { requestLine, headers, body } = seen();
    expect(requestLine).toBe('POST /v1/payment/refund HTTP/1.1');
    expect(headers).toMatchObject({ authorization: 'Bearer token', 'content-type': 'application/json; charset=UTF-8' });
    expect(JSON.parse(body)).toEqual({
      payer: null,
      refundTransactionRequest: {
        refundTid: null,
        tid: 'TSTORE0004_1',
        fullRefund: false,
        amount: 1000,
        note: '환불',
        paymentMethods: null,
      },
      links: null,
    });
  });

  it('verifies with the five members and the listener type, null where the notification lacked one', async () => {
    await client.verify({ event: 'bulkJob', status: 'completed', jobId: '100', updateTime: null }, 'token');
    const { requestLine, headers, body } = seen();
    expect(requestLine).toBe('POST /openapi/v1/payment/notification/verify HTTP/1.1');
    expect(headers).toMatchObject({ authorization: 'Bearer token', 'content-type': 'application/json; charset=UTF-8' });
    expect(JSON.parse(body)).toEqual({
      notifyVersion: null,
      event: 'bulkJob',
      status: 'completed',
      jobId: '100',
      updateTime: null,
      listenerType: 'bigcharging_notify_verification',
    });
  });

  it('sends nothing when a header would begin another one, and lets go of the file', async () => {
    const content = Readable.from(['x']);
    const headers = { ...submissionHeaders('skplanet', '', 1), notiUrl: 'https://a\r\nbid: b' };
    await expect(client.submit({ headers, content }, 't')).rejects.toThrow('the header notiUrl holds');
    expect(content.destroyed).toBe(true);
    expect(server.sockets).toHaveLength(0);
  });

  function refundOf(transactionId: string) {
    return {
      transactionId,
      amount: won(1000),
      isFull: false,
      payerAuthKey: null,
      refundTransactionId: null,
      note: '환불',
      paymentParts: null,
      link: null,
    };
  }
});
