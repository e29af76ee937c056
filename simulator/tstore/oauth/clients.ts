import { timingSafeEqual } from 'node:crypto';
import type { ClientOptions, SimulatorOptions } from '../../options';

/** One merchant's client: it sees its own jobs and payments, and nobody else's. */
export interface Client {
  readonly clientId: string;
  /** Several while one takes the place of another. */
  secrets: readonly string[];
  readonly bid: string;
  readonly mid: string;
}

/** The clients this gateway knows. */
export class Clients {
  private readonly clients: readonly Client[];

  constructor({ furtherClients, ...first }: ClientOptions & Pick<SimulatorOptions, 'furtherClients'>) {
    this.clients = [first, ...furtherClients].map(({ clientId, clientSecret, bid, mid }) => ({
      ...{ clientId, bid, mid },
      secrets: [clientSecret],
    }));
  }

  /** @param authorization `BASIC` and the credentials, as OAuth has it */
  authenticated(authorization: string): Client | null {
    const match = /^basic +([A-Za-z0-9+/=]+)$/i.exec(authorization);
    const credentials = Buffer.from(match?.[1] ?? '', 'base64').toString('utf8');
    // First colon: the secret may hold further ones.
    const colon = credentials.indexOf(':');
    if (colon < 0) return null;
    const known = this.clients.find(({ clientId }) => sameText(credentials.slice(0, colon), clientId));
    return known?.secrets.some((secret) => sameText(credentials.slice(colon + 1), secret)) === true ? known : null;
  }

  /** Gives a client other secrets; tokens it has been given stay good. */
  setSecrets(clientId: string, secrets: readonly string[]): void {
    const client = this.clients.find((one) => one.clientId === clientId);
    if (client === undefined) throw new RangeError(`no client ${clientId}`);
    client.secrets = secrets;
  }
}

function sameText(given: string, known: string): boolean {
  const left = Buffer.from(given);
  const right = Buffer.from(known);
  return left.length === right.length && timingSafeEqual(left, right);
}
