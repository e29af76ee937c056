import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openPool } from '../../src/platform/database';

/** `each`: an INSERT a request. `shared`: whatever arrives while one is in flight is the next. */
export type BareInserts = 'each' | 'shared';

const ANSWER = '{"resultCode":"0000","resultMsg":"SUCCESS"}';
const [url = '', inserts = 'each'] = process.argv.slice(2);
const pool = openPool({ connectionString: url, max: 10 });

async function insertEach(body: string): Promise<void> {
  await pool.query('INSERT INTO floor_notification (body) VALUES ($1)', [body]);
}

interface Waiting {
  body: string;
  resolve: () => void;
  reject: (error: unknown) => void;
}

let waiting: Waiting[] = [];
let inFlight = false;

function insertShared(body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    waiting.push({ body, resolve, reject });
    void flush();
  });
}

async function flush(): Promise<void> {
  if (inFlight) return;
  inFlight = true;
  while (waiting.length > 0) {
    const batch = waiting;
    waiting = [];
    const bodies = batch.map((one) => one.body);
    await pool.query('INSERT INTO floor_notification (body) SELECT unnest($1::jsonb[])', [bodies]).then(
      () => batch.forEach((one) => one.resolve()),
      (error: unknown) => batch.forEach((one) => one.reject(error)),
    );
  }
  inFlight = false;
}

const insert = inserts === 'shared' ? insertShared : insertEach;
const server = createServer((call, answer) => {
  const chunks: Buffer[] = [];
  call.on('data', (chunk: Buffer) => chunks.push(chunk));
  call.on('end', () => {
    insert(Buffer.concat(chunks).toString()).then(
      () => answer.end(ANSWER),
      () => answer.writeHead(503).end(),
    );
  });
});
server.listen(0, '127.0.0.1', () => process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`));
