import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from './until';

interface TokenAnswer {
  status: number;
  body: object | string;
}

/** Issues tokens `secret-token-1`, `secret-token-2`, …; a test decides when it answers and what. */
export class OAuthGateway {
  /** Authorization headers of the requests so far, oldest first. */
  readonly requests: string[] = [];
  expired = '43200';
  private refusal: TokenAnswer | undefined;
  private holding = false;
  private readonly held: (() => void)[] = [];

  private constructor(
    private readonly server: Server,
    private port: number,
  ) {}

  static async start(): Promise<OAuthGateway> {
    const server = createServer();
    const gateway = new OAuthGateway(server, 0);
    server.on('request', (request, response) => gateway.take(request, response));
    await gateway.open();
    return gateway;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Answers to requests from now on wait for {@link release}. */
  hold(): void {
    this.holding = true;
  }

  /** Lets the held answers go, and all that come after. */
  release(): void {
    this.holding = false;
    for (const answer of this.held.splice(0)) answer();
  }

  refuseWith(answer: TokenAnswer | undefined): void {
    this.refusal = answer;
  }

  async reached(requests: number): Promise<void> {
    await until(
      `the gateway has ${requests} token requests`,
      async () => this.requests.length >= requests || undefined,
    );
  }

  /** Nobody listens any more at the address, until {@link open}. */
  async shut(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  async open(): Promise<void> {
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  private take(request: IncomingMessage, response: ServerResponse): void {
    this.requests.push(request.headers.authorization ?? '');
    const { status, body } = this.refusal ?? { status: 200, body: this.token(this.requests.length) };
    const answer = (): void => {
      response.writeHead(status, { 'Content-Type': 'application/json' });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    };
    request.resume().once('end', () => (this.holding ? void this.held.push(answer) : answer()));
  }

  private token(number: number): object {
    return { accessToken: `secret-token-${number}`, expired: this.expired, tokenType: 'Bearer', scope: 'BulkPay' };
  }
}
