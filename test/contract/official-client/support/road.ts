import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createSecureContext, TLSSocket } from 'node:tls';

/** One connection of the client; it makes a new one for each call. */
export interface Travelled {
  host: string;
  /** What the client sent, out of TLS. */
  sent: Buffer;
}

/** A SOCKS 5 proxy that leads every address the official client was built with to a simulator, and no other anywhere. */
export interface Road {
  port: number;
  /** For `jdk.net.hosts.file`. */
  hostsFile: string;
  travelled: Travelled[];
  close(): Promise<void>;
}

/** Its four hosts, which it calls over TLS. The addresses they get are of TEST-NET-1, so none can be anybody's. */
export const HOSTS = ['sandbox.apiauth', 'apiauth', 'sandbox.openapi', 'openapi'].map(
  (name) => `${name}.payplanet.co.kr`,
);
const addressOf = (index: number): string => `192.0.2.${index + 1}`;

/** Where it verifies notifications in every environment, without TLS: the operator's own network. */
const VERIFY_HOST = '172.21.60.142';

export async function openRoad(simulatorPort: number, identity: { pfx: Buffer; passphrase: string }): Promise<Road> {
  const secureContext = createSecureContext(identity);
  const travelled: Travelled[] = [];
  const server = createServer((client) => {
    client.on('error', () => client.destroy());
    lead(client).catch(() => client.destroy());
  });

  async function lead(client: Socket): Promise<void> {
    const { address, port } = await greet(client);
    const host = port === 443 ? hostAt(address) : port === 80 && address === VERIFY_HOST ? address : undefined;
    if (host === undefined) {
      travelled.push({ host: `${address}:${port}, which leads nowhere`, sent: Buffer.alloc(0) });
      client.end(reply(REFUSED));
      return;
    }
    client.write(reply(SUCCEEDED));
    join(port === 443 ? new TLSSocket(client, { isServer: true, secureContext }) : client, host);
  }

  function join(client: Duplex, host: string): void {
    const one: Travelled = { host, sent: Buffer.alloc(0) };
    travelled.push(one);
    client.on('data', (bytes: Buffer) => (one.sent = Buffer.concat([one.sent, bytes])));
    const simulator = connect(simulatorPort, '127.0.0.1');
    client.pipe(simulator).pipe(client);
    client.on('error', () => simulator.destroy());
    simulator.on('error', () => client.destroy());
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    hostsFile: HOSTS.map((host, index) => `${addressOf(index)} ${host}\n`).join(''),
    travelled,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
}

function hostAt(address: string): string | undefined {
  return HOSTS.find((_host, index) => addressOf(index) === address);
}

const SUCCEEDED = 0;
const REFUSED = 2;

function reply(code: number): Buffer {
  return Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0]);
}

/** RFC 1928 without authentication; the client resolves names itself, so only IPv4 addresses come. */
async function greet(client: Socket): Promise<{ address: string; port: number }> {
  const [, methods = 0] = await take(client, 2);
  await take(client, methods);
  client.write(Buffer.from([5, 0]));
  const request = await take(client, 10);
  return { address: request.subarray(4, 8).join('.'), port: request.readUInt16BE(8) };
}

async function take(socket: Socket, size: number): Promise<Buffer> {
  for (;;) {
    const bytes = socket.read(size) as Buffer | null;
    if (bytes !== null) return bytes;
    await once(socket, 'readable');
  }
}
