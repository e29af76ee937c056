import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openPool } from '../../src/platform/database';

/** A bare server that is durable before it answers: whatever arrives while an INSERT is in flight is the next. */
const ANSWER = '{"resultCode":"0000","resultMsg":"SUCCESS"}';
const [url = ''] = process.argv.slice(2);
const pool = openPool({ connectionString: url, max: 10 });

interface Waiting {
  body: string;
  resolve: () => void;
  reject: (error: unknown) => void;
}

let waiting: Waiting[] = [];
let inFlight = false;

function insert(body: string): Promise<void> {
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
    await pool.query('INSERT INTO bare_notification (body) SELECT unnest($1::jsonb[])', [bodies]).then(
      () => batch.forEach((one) => one.resolve()),
      (error: unknown) => batch.forEach((one) => one.reject(error)),
    );
  }
  inFlight = false;
}

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
