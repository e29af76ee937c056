import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Gives each new connection to the next of its targets, as a load balancer in front of replicas does. */
export class Balancer {
  private readonly ports: number[] = [];
  private readonly sockets = new Set<Socket>();
  private turn = 0;

  private constructor(private readonly server: Server) {
    server.on('connection', (client) => this.join(client));
  }

  static async start(): Promise<Balancer> {
    const server = createServer();
    const balancer = new Balancer(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return balancer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  add(url: string): void {
    this.ports.push(Number(new URL(url).port));
  }

  /** Connections that are open stay so. */
  remove(url: string): void {
    this.ports.splice(this.ports.indexOf(Number(new URL(url).port)), 1);
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket): void {
    const target = connect(this.ports[(this.turn += 1) % this.ports.length] ?? 0, '127.0.0.1');
    for (const [one, other] of [
      [client, target],
      [target, client],
    ] as const) {
      this.sockets.add(one);
      one.pipe(other);
      // What breaks on one side must not look whole on the other.
      one.once('error', () => other.resetAndDestroy());
      one.once('close', () => this.sockets.delete(one));
    }
  }
}
