import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A connection that sends what no honest client would, byte by byte if need be. */
export class RawConnection {
  /** All that was answered so far. */
  answer = '';
  /** Resolves with all that was answered, when the other side has ended the connection. */
  readonly ended: Promise<string>;
  private timer: NodeJS.Timeout | undefined;

  private constructor(private readonly socket: Socket) {
    socket.setEncoding('latin1').on('data', (text: string) => (this.answer += text));
    // Who is thrown out while it still sends is reset, which is an end like any other.
    socket.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      socket.once('close', () => {
        clearInterval(this.timer);
        resolve(this.answer);
      });
    });
  }

  static async to({ url }: { url: string }): Promise<RawConnection> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new RawConnection(socket);
  }

  get isOpen(): boolean {
    return !this.socket.closed && !this.socket.destroyed;
  }

  send(text: string): this {
    if (this.socket.writable) this.socket.write(text, 'latin1');
    return this;
  }

  /** Sends the same piece again and again: so many times, or until the connection ends. */
  drip(piece: string, everyMs: number, times = Infinity): this {
    let sent = 0;
    this.timer = setInterval(() => {
      if (sent++ < times) this.send(piece);
    }, everyMs);
    return this;
  }

  close(): void {
    clearInterval(this.timer);
    this.socket.destroy();
  }
}
