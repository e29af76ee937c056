import { Transform } from 'node:stream';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

const NOTIFICATION_RESPONSE = 'A'.charCodeAt(0);

/** Stands between the service and its database, so that a test can take the database away without touching it. */
export class TcpProxy {
  private readonly sockets = new Set<Socket>();
  private mode: 'open' | 'closed' | 'frozen' = 'open';
  /** Whether PostgreSQL's notices are lost on the way, and nothing else is. */
  swallowsNotices = false;

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {
    server.on('connection', (client) => this.join(client));
  }

  static async before(databaseUrl: string): Promise<TcpProxy> {
    const server = createServer();
    const proxy = new TcpProxy(server, new URL(databaseUrl));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  /** The database's address by way of this proxy. */
  get url(): string {
    const url = new URL(this.target);
    url.hostname = '127.0.0.1';
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  get isCut(): boolean {
    return this.mode === 'closed';
  }

  /** Breaks all connections and takes no new ones, as a server that is down. */
  cut(): void {
    this.mode = 'closed';
    for (const socket of this.sockets) socket.destroy();
  }

  /** Keeps connections open and says nothing more, as a network that swallows everything. */
  freeze(): void {
    this.mode = 'frozen';
    for (const socket of this.sockets) socket.pause();
  }

  /** Lets through what comes from now on; connections that were frozen are lost. */
  restore(): void {
    for (const socket of this.sockets) socket.destroy();
    this.mode = 'open';
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket): void {
    this.keep(client);
    if (this.mode === 'closed') client.destroy();
    if (this.mode !== 'open') return;
    const upstream = connect(Number(this.target.port), this.target.hostname);
    this.keep(upstream);
    client.pipe(upstream);
    upstream.pipe(this.withoutNotices()).pipe(client);
    client.once('close', () => upstream.destroy());
    upstream.once('close', () => client.destroy());
  }

  /** Each message of the server is its type, its length with the four bytes of that, and its content. */
  private withoutNotices(): Transform {
    let rest = Buffer.alloc(0);
    return new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        rest = Buffer.concat([rest, chunk]);
        const passed: Buffer[] = [];
        while (rest.length >= 5 && rest.length > rest.readInt32BE(1)) {
          const end = 1 + rest.readInt32BE(1);
          if (!(this.swallowsNotices && rest[0] === NOTIFICATION_RESPONSE)) passed.push(rest.subarray(0, end));
          rest = rest.subarray(end);
        }
        done(null, Buffer.concat(passed));
      },
    });
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => this.sockets.delete(socket));
  }
}
