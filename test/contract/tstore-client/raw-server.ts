import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A server that knows nothing of HTTP: tests see the bytes as they came and answer with bytes. */
export class RawServer {
  readonly sockets: Socket[] = [];
  private received = '';
  private readonly server: Server;
  private readonly waiting = new Set<() => void>();

  /**
   * @param onReceived called with everything one connection has sent so far, one character a byte
   * @param reads whether it takes what is sent, or lets it pile up
   */
  constructor(onReceived: (socket: Socket, received: string) => void = () => undefined, reads = true) {
    this.server = createServer((socket) => {
      let received = '';
      this.sockets.push(socket);
      this.wake();
      socket.on('error', () => undefined);
      if (!reads) return;
      socket.on('data', (chunk) => {
        received += chunk.toString('latin1');
        this.received += chunk.toString('latin1');
        onReceived(socket, received);
        this.wake();
      });
    });
  }

  /** Everything received over all connections, one character a byte. */
  get text(): string {
    return this.received;
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Resolves when the server has come to a state, however long that takes. */
  async until(reached: (server: this) => boolean): Promise<void> {
    while (!reached(this)) await new Promise<void>((resolve) => this.waiting.add(resolve));
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private wake(): void {
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }
}

/** Whether a request without a body, or a chunked one, has come to its end. */
export function isWholeRequest(received: string): boolean {
  const head = received.indexOf('\r\n\r\n');
  if (head < 0) return false;
  const length = /\r\ncontent-length: (\d+)\r\n/i.exec(received)?.[1];
  if (length !== undefined) return received.length >= head + 4 + Number(length);
  return !/\r\ntransfer-encoding: chunked\r\n/i.test(received) || received.endsWith('0\r\n\r\n');
}

export function httpAnswer(status: string, body: string, headers = ''): string {
  return `HTTP/1.1 ${status}\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** A server that gives the same answer to every whole request. */
export function answering(status: string, body: string, headers = ''): RawServer {
  return new RawServer((socket, received) => {
    if (isWholeRequest(received)) socket.write(httpAnswer(status, body, headers));
  });
}
