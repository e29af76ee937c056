import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Lifecycle } from '../health';

export interface DrainTimes {
  /**
   * Milliseconds between "not ready" and the end of accepting: until then a load balancer may still send requests here,
   * and they are served.
   */
  noticeMs: number;
  /** Requests still open after so long are cut off. */
  finishMs: number;
}

/** With the longest notice there may be it is over before orchestrators kill. */
export const FINISH_MS = 15_000;

/** Connections that became idle after the end of accepting are closed within so long. */
const IDLE_SWEEP_MS = 50;

/**
 * Ends the application without losing a request: readiness says no, accepting ends, what is in flight finishes, then
 * the modules close what they hold. Modules therefore release connections in `onApplicationShutdown`, not earlier.
 */
export async function drain(app: NestFastifyApplication, lifecycle: Lifecycle, times: DrainTimes): Promise<void> {
  lifecycle.beginShutdown();
  const server = app.getHttpServer();
  if (server.listening) {
    await delay(times.noticeMs);
    lifecycle.endAccepting();
    await finishRequests(server, times.finishMs);
  }
  await app.close();
}

function finishRequests(server: Server, limitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS);
    const limit = setTimeout(() => server.closeAllConnections(), limitMs);
    server.close(() => {
      clearInterval(sweep);
      clearTimeout(limit);
      resolve();
    });
    server.closeIdleConnections();
  });
}
