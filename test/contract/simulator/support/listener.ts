import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export type Answering = (received: Received, response: ServerResponse) => Promise<void> | void;

/** A merchant's notification listener that keeps what came and answers as told. */
export interface Listener {
  url: string;
  received: Received[];
  answerWith(answering: Answering): void;
  close(): Promise<void>;
}

export function answerSuccess(_received: Received, response: ServerResponse): void {
  response.setHeader('Content-Type', 'application/json').end('{"resultCode":"0000","resultMsg":"SUCCESS"}');
}

export async function startListener(): Promise<Listener> {
  const received: Received[] = [];
  let answering: Answering = answerSuccess;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString('utf8') };
      received.push(one);
      void answering(one, response);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/noti_listener/0123456789abcdef0123456789abcdef`,
    received,
    answerWith: (next) => {
      answering = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
