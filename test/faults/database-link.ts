import { AsyncLocalStorage } from 'node:async_hooks';
import { Socket } from 'node:net';

const opening = new AsyncLocalStorage<DatabaseLink>();
// eslint-disable-next-line @typescript-eslint/unbound-method -- applied to the socket it is called on
const plainConnect = Socket.prototype.connect;

/**
 * A replica's way to its database, which can be cut: the sockets that were opened in its name. A proxy between the two would
 * take a tenth of the schedules' time.
 */
export class DatabaseLink {
  isCut = false;
  private readonly sockets = new Set<Socket>();

  /** @param port the database's */
  constructor(private readonly port: number) {}

  /** Does something whose connections to the database, now and later, are this replica's. */
  during<Result>(work: () => Result): Result {
    return opening.run(this, work);
  }

  /** Breaks all connections and lets no new ones come about, as a network that is down. */
  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.destroy();
  }

  /** Lets new connections come about; those from before are lost. */
  restore(): void {
    this.cut();
    this.isCut = false;
  }

  /** From now on every socket of this process that connects to a replica's database is of that replica's link. */
  static watch(): void {
    Socket.prototype.connect = function (this: Socket, ...parameters: unknown[]): Socket {
      const link = opening.getStore();
      if (link !== undefined && parameters[0] === link.port && !link.admit(this)) return this;
      return Reflect.apply(plainConnect, this, parameters) as Socket;
    };
  }

  /** @returns whether it may connect; where not, it fails as where nobody listens */
  private admit(socket: Socket): boolean {
    if (this.isCut) {
      const refused = Object.assign(new Error('the database link is cut'), { code: 'ECONNREFUSED' });
      process.nextTick(() => socket.destroy(refused));
      return false;
    }
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    return true;
  }
}
