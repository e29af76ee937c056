import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A bare server that holds streams and tells all of them at once what it is told: no orders, no limits, no database. */
const [event = ''] = process.argv.slice(2);
const HEADERS = { 'content-type': 'text/event-stream', 'cache-control': 'no-store' };
const open = new Set<ServerResponse>();

const server = createServer((_call, answer) => {
  answer.writeHead(200, HEADERS);
  answer.write(event);
  open.add(answer);
  answer.on('close', () => open.delete(answer));
});

process.on('message', (order: 'tell' | 'measure') => {
  if (order === 'tell') for (const answer of open) answer.write(event);
  process.send?.({ rssBytes: process.memoryUsage.rss() });
});
server.listen(0, '127.0.0.1', () => process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
