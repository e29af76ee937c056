import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** ReadyForQuery outside of a transaction: what a session says when it has nothing more to do. */
const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

/**
 * Stands before a database whose sessions are ended by the administrator just as they have become ready: the error comes in
 * one packet with ReadyForQuery, as when `pg_terminate_backend`, a restart or a fail-over hits that moment.
 */
export class EndingSessions {
  /** How many sessions more are to end, and behind which of their ReadyForQuery. */
  private ending = { sessions: 0, behind: 1 };
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {
    server.on('connection', (client) => this.join(client));
  }

  static async before(databaseUrl: string): Promise<EndingSessions> {
    const server = createServer();
    const proxy = new EndingSessions(server, new URL(databaseUrl));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    const url = new URL(this.target);
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  /** From now on so many new sessions end, each behind its n-th ReadyForQuery; the open ones end at once. */
  end(sessions: number, behind: number): void {
    this.ending = { sessions, behind };
    for (const socket of this.sockets) socket.destroy();
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket): void {
    const upstream = connect(Number(this.target.port), this.target.hostname);
    for (const socket of [client, upstream]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined).once('close', () => this.sockets.delete(socket));
    }
    client.pipe(upstream);
    client.once('close', () => upstream.destroy());
    upstream.once('close', () => client.destroy());
    const isToEnd = this.ending.sessions > 0;
    if (isToEnd) this.ending.sessions -= 1;
    let left = isToEnd ? this.ending.behind : Infinity;
    upstream.on('data', (chunk: Buffer) => {
      if (chunk.subarray(-READY.length).equals(READY)) left -= 1;
      if (left > 0) client.write(chunk);
      else if (left === 0) client.end(Buffer.concat([chunk, terminated()]), () => upstream.destroy());
    });
  }
}

/** FATAL 57P01 as PostgreSQL writes it. */
function terminated(): Buffer {
  const fields = ['SFATAL', 'VFATAL', 'C57P01', 'Mterminating connection due to administrator command'];
  const body = Buffer.from(`${fields.join('\0')}\0\0`);
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}
