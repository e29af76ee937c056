import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TSTORE_PATHS } from '../../src/gateways/tstore/wire';

const TOKEN = { accessToken: 'token-of-the-result-gateway', expired: '43200', tokenType: 'Bearer', scope: 'GetTxInfo' };

/** A gateway that knows tokens and result files only, and serves any bytes a test gives it. */
export class ResultGateway {
  /** Gateway job ids of the result files asked for, oldest first. */
  readonly asked: string[] = [];
  private readonly files = new Map<string, Buffer>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<ResultGateway> {
    const server = createServer();
    const gateway = new ResultGateway(server);
    server.on('request', (request, response) => gateway.take(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return gateway;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What the next question for this job's result is answered with, and every one after it. */
  serve(gatewayJobId: string, content: Buffer): void {
    this.files.set(gatewayJobId, content);
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private take(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '';
    request.resume();
    if (path === TSTORE_PATHS.token) {
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(TOKEN));
      return;
    }
    const gatewayJobId = decodeURIComponent(path.slice(TSTORE_PATHS.job.length + 1));
    this.asked.push(gatewayJobId);
    const content = this.files.get(gatewayJobId);
    response.writeHead(content === undefined ? 500 : 200, { 'Content-Type': 'text/plain' }).end(content);
  }
}
