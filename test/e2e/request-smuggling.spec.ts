import { RawConnection } from '../support/raw-connection';
import { serviceEnvironment } from '../support/service-environment';
import { ServiceProcess } from '../support/service-process';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

/** What the smuggler wants to be taken for a request of its own. */
const HIDDEN = 'GET /health/live HTTP/1.1\r\nHost: x\r\nX-Request: hidden\r\n\r\n';

/** A request whose end two readers could see in different places, with another one behind the nearer end. */
const POST = (headers: string[], body: string): string =>
  ['POST /noti_listener HTTP/1.1', 'Host: x', 'Content-Type: application/json', ...headers, '', body].join('\r\n');

const CHUNKED = `2\r\n{}\r\n0\r\n\r\n`;

describe('requests whose end could be seen in two places', () => {
  let database: TestDatabase;
  let service: ServiceProcess;
  let url: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    service = ServiceProcess.start(serviceEnvironment(database.url, { LOG_LEVEL: 'info' }));
    url = await service.url();
  });

  afterAll(async () => {
    service.signal('SIGTERM');
    await service.ended;
    await database.drop();
  });

  /** @returns the status of each answer on one connection, until the other side ends it */
  async function statuses(bytes: string): Promise<number[]> {
    const { ended } = (await RawConnection.to({ url })).send(bytes);
    return [...(await ended).matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  }

  it.each([
    ['a length beside chunks', POST(['Content-Length: 4', 'Transfer-Encoding: chunked'], CHUNKED)],
    ['chunks beside a length', POST(['Transfer-Encoding: chunked', 'Content-Length: 4'], CHUNKED)],
    ['two lengths', POST(['Content-Length: 2', 'Content-Length: 40'], '{}')],
    ['the same length twice', POST(['Content-Length: 2', 'Content-Length: 2'], '{}')],
    ['two lengths in one', POST(['Content-Length: 2, 2'], '{}')],
    ['a length with a sign', POST(['Content-Length: +2'], '{}')],
    ['a length below nothing', POST(['Content-Length: -2'], '{}')],
    ['a length in hexadecimal', POST(['Content-Length: 0x2'], '{}')],
    ['a length beyond all numbers', POST(['Content-Length: 18446744073709551618'], '{}')],
    ['a length without a number', POST(['Content-Length: '], '{}')],
    ['chunks that are not last', POST(['Transfer-Encoding: chunked, identity'], CHUNKED)],
    ['chunks under another name', POST(['Transfer-Encoding: xchunked'], CHUNKED)],
    ['chunks in quotes', POST(['Transfer-Encoding: "chunked"'], CHUNKED)],
    ['chunks twice', POST(['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], CHUNKED)],
    ['another coding after chunks', POST(['Transfer-Encoding: chunked', 'Transfer-Encoding: x'], CHUNKED)],
    ['a blank before the colon', POST(['Content-Length : 2'], '{}')],
    ['a blank before the colon of chunks', POST(['Transfer-Encoding : chunked'], CHUNKED)],
    [
      'a header folded onto a second line',
      POST(['X-Folded: a', ' Transfer-Encoding: chunked', 'Content-Length: 2'], '{}'),
    ],
    ['chunks folded onto a second line', POST(['Transfer-Encoding:', ' chunked'], CHUNKED)],
    ['a first header that begins with a blank', 'GET /health/live HTTP/1.1\r\n Host: x\r\nHost: x\r\n\r\n'],
    ['a bare line feed behind a header', POST(['Content-Length: 2\nX-More: a'], '{}')],
    ['bare line feeds alone', 'GET /health/live HTTP/1.1\nHost: x\n\n'],
    ['a bare carriage return in a header', POST(['X-More: a\rContent-Length: 2'], '{}')],
    ['a NUL in a header', POST(['X-More: a\0b', 'Content-Length: 2'], '{}')],
    ['a chunk size with a sign', POST(['Transfer-Encoding: chunked'], '+2\r\n{}\r\n0\r\n\r\n')],
    ['a chunk size in other digits', POST(['Transfer-Encoding: chunked'], '0x2\r\n{}\r\n0\r\n\r\n')],
    ['a chunk size beyond all numbers', POST(['Transfer-Encoding: chunked'], '10000000000000002\r\n{}\r\n0\r\n\r\n')],
    ['a chunk longer than its size', POST(['Transfer-Encoding: chunked'], '1\r\n{}\r\n0\r\n\r\n')],
    ['a chunk size ended by a line feed', POST(['Transfer-Encoding: chunked'], '2\n{}\r\n0\r\n\r\n')],
    ['a chunk extension ended by a line feed', POST(['Transfer-Encoding: chunked'], '2;a\n{}\r\n0\r\n\r\n')],
    ['a chunk ended by a line feed', POST(['Transfer-Encoding: chunked'], '2\r\n{}\n0\r\n\r\n')],
    [
      'a chunk extension without an end',
      POST(['Transfer-Encoding: chunked'], `2;${'a'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`),
    ],
    ['a length behind the chunks', POST(['Transfer-Encoding: chunked'], '2\r\n{}\r\n0\r\nContent-Length: 40\r\n\r\n')],
    ['a request behind a last one', 'GET /health/live HTTP/1.0\r\nHost: x\r\n\r\n'],
    ['no host', 'GET /health/live HTTP/1.1\r\n\r\n'],
    ['another version', 'GET /health/live HTTP/1.2\r\nHost: x\r\n\r\n'],
  ])('are refused, and nothing behind them is heard: %s', async (_what, request) => {
    expect(await statuses(request + HIDDEN)).toEqual([400]);
  });

  it.each([
    ['a chunk extension', POST(['Transfer-Encoding: chunked'], `2;name="GET / HTTP/1.1";a\r\n{}\r\n0\r\n\r\n`)],
    ['a trailer', POST(['Transfer-Encoding: chunked'], '2\r\n{}\r\n0\r\nX-Checksum: a\r\n\r\n')],
    ['Chunked in capitals', POST(['TRANSFER-ENCODING: Chunked'], CHUNKED)],
    ['a length with blanks around it', POST(['Content-Length:   2  '], '{}')],
  ])('have one end all the same with %s: what is behind is the next', async (_what, request) => {
    const last = HIDDEN.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n');
    expect(await statuses(request + last)).toEqual([200, 200]);
  });

  it('tell nobody what went wrong inside', async () => {
    const { ended } = (await RawConnection.to({ url })).send(POST(['Content-Length: 2', 'Content-Length: 40'], '{}'));
    expect(await ended).not.toMatch(/HPE_|llhttp|node:|\bat \//);
  });
});
