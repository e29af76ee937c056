import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  /** 0 when the connection ended without a status line. */
  status: number;
  headers: Record<string, string>;
  body: Buffer;
  /** False when the connection ended before the body did. */
  complete: boolean;
}

/** Speaks bytes to a server: each part is written on its own, so that it arrives as a packet of its own. */
export function speak(port: number, parts: readonly (string | Buffer)[]): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const received: Buffer[] = [];
    socket.on('data', (chunk) => received.push(chunk));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
    });
    socket.on('close', () => resolve(readAnswer(Buffer.concat(received))));
    socket.on('connect', () => void writeParts(socket, parts));
  });
}

/** The body as the official client reads it: by its label, and as ISO-8859-1 where there is none. */
export function labelledText({ headers, body }: RawAnswer): string {
  const label = /;\s*charset=([\w-]+)/i.exec(headers['content-type'] ?? '')?.[1] ?? 'ISO-8859-1';
  return new TextDecoder(label).decode(body);
}

/** The chunked form of a body cut at the given places. */
export function chunked(body: Buffer, sizes: Iterable<number>): Buffer[] {
  const chunks: Buffer[] = [];
  let start = 0;
  for (const size of sizes) {
    if (start >= body.length) break;
    const piece = body.subarray(start, start + size);
    chunks.push(Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]));
    start += size;
  }
  return [...chunks, Buffer.from('0\r\n\r\n')];
}

async function writeParts(socket: Socket, parts: readonly (string | Buffer)[]): Promise<void> {
  for (const part of parts) {
    if (socket.destroyed) return;
    await new Promise((resolve) => {
      socket.write(part, resolve);
    });
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

function readAnswer(bytes: Buffer): RawAnswer {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return { status: 0, headers: {}, body: Buffer.alloc(0), complete: false };
  const [statusLine = '', ...headerLines] = bytes.toString('latin1', 0, headEnd).split('\r\n');
  const headers = Object.fromEntries(
    headerLines.map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  );
  const status = Number(statusLine.split(' ')[1]);
  const rest = bytes.subarray(headEnd + 4);
  if (headers['transfer-encoding'] === 'chunked') return { status, headers, ...dechunk(rest) };
  return { status, headers, body: rest, complete: rest.length === Number(headers['content-length'] ?? rest.length) };
}

function dechunk(bytes: Buffer): { body: Buffer; complete: boolean } {
  const pieces: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return { body: Buffer.concat(pieces), complete: false };
    const size = parseInt(bytes.toString('latin1', at, lineEnd), 16);
    if (size === 0) return { body: Buffer.concat(pieces), complete: true };
    pieces.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}
