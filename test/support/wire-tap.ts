import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Stands between two who speak HTTP and keeps all they say, to learn the secrets they exchange. */
export class WireTap {
  /** One character a byte. */
  heard = '';
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  static async before(port: number): Promise<WireTap> {
    const server = createServer();
    const tap = new WireTap(server);
    server.on('connection', (client: Socket) => {
      const upstream = connect(port, '127.0.0.1');
      tap.join(client, upstream);
      tap.join(upstream, client);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return tap;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The first group of each match, each once. */
  all(pattern: RegExp): string[] {
    return [...new Set([...this.heard.matchAll(pattern)].map((match) => match[1] ?? ''))];
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(from: Socket, to: Socket): void {
    this.sockets.add(from);
    from.on('data', (chunk) => (this.heard += chunk.toString('latin1')));
    from.on('error', () => undefined);
    from.pipe(to);
    from.once('close', () => {
      to.destroy();
      this.sockets.delete(from);
    });
  }
}
