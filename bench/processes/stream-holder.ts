import { connect, type Socket } from 'node:net';
import { answerOrders } from './exchange';

/** What the holder is to do: open streams, each told one event at first, or wait until each has been told another. */
export type HoldOrder = { do: 'open'; addresses: readonly string[] } | { do: 'await' } | { do: 'close' };

/** When the events came that a hold was for. */
export interface Held {
  /** Milliseconds of the machine's clock at which the last of them came. */
  lastAtMs: number;
}

const OPENED_AT_ONCE = 200;
const EVENT = 'event: order\n';

let sockets: Socket[] = [];
let outstanding = new Set<Socket>();
let lastAtMs = 0;
let allCame: (() => void) | undefined;

function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

/** Opens one on a connection of its own, as bare as may be: it is thousands of customers. */
function open(address: string): void {
  const { hostname, port, pathname } = new URL(address);
  const socket = connect(Number(port), hostname);
  outstanding.add(socket);
  sockets.push(socket);
  let text = '';
  socket.setEncoding('latin1').on('data', (part: string) => {
    text = (text + part).slice(-4_096);
    if (!text.includes(EVENT)) return;
    text = text.slice(text.lastIndexOf(EVENT) + EVENT.length);
    lastAtMs = nowMs();
    outstanding.delete(socket);
    if (outstanding.size === 0) allCame?.();
  });
  socket.on('error', () => process.exit(1));
  socket.write(`GET ${pathname} HTTP/1.1\r\nHost: bench\r\nAccept: text/event-stream\r\n\r\n`);
}

async function came(): Promise<Held> {
  if (outstanding.size > 0) await new Promise<void>((resolve) => (allCame = resolve));
  return { lastAtMs };
}

answerOrders<HoldOrder, Held>(async (order) => {
  switch (order.do) {
    case 'open':
      for (let from = 0; from < order.addresses.length; from += OPENED_AT_ONCE) {
        for (const address of order.addresses.slice(from, from + OPENED_AT_ONCE)) open(address);
        await came();
      }
      break;
    case 'await':
      break;
    case 'close':
      for (const socket of sockets) socket.destroy();
      [sockets, outstanding] = [[], new Set()];
      return { lastAtMs: nowMs() };
  }
  const held = await came();
  // The next event is awaited from now on, whenever it is asked for.
  outstanding = new Set(sockets);
  return held;
});
