import type { FastifyInstance } from 'fastify';
import type { Socket } from 'node:net';
import type { HttpLimits } from './http-limits';

/**
 * Makes room when there are too many connections: each new one takes the place of the one that has kept us waiting
 * longest, be it idle or dripping. Else whoever opens them all and says nothing would shut everybody out for as long as
 * the limits on heads and bodies allow. Requests that are whole are never ended: we owe them an answer.
 *
 * @param ended called once for each connection that was ended
 */
export function makeRoom(
  fastify: FastifyInstance,
  { connections, crowdedConnections }: Pick<HttpLimits, 'connections' | 'crowdedConnections'>,
  ended: () => void = () => undefined,
): void {
  const waitedFor = new Map<string, Socket>();
  let open = 0;
  fastify.server.maxConnections = connections;
  // The connection itself under TLS too, where the request has another socket: the two are known by their address.
  fastify.server.on('connection', (socket: Socket) => {
    const peer = peerOf(socket);
    open += 1;
    waitedFor.set(peer, socket);
    socket.once('close', () => {
      open -= 1;
      waitedFor.delete(peer);
    });
    if (open > crowdedConnections) endOldest(waitedFor, ended);
  });
  fastify.addHook('preValidation', ({ socket }, _reply, done) => {
    waitedFor.delete(peerOf(socket));
    done();
  });
  fastify.addHook('onResponse', ({ socket }, _reply, done) => {
    const peer = peerOf(socket);
    // One that was never whole keeps its place in the row.
    if (!socket.destroyed && !waitedFor.has(peer)) waitedFor.set(peer, socket);
    done();
  });
}

function endOldest(waitedFor: Map<string, Socket>, ended: () => void): void {
  for (const [peer, socket] of waitedFor) {
    waitedFor.delete(peer);
    if (socket.destroyed) continue;
    socket.destroy();
    ended();
    return;
  }
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
