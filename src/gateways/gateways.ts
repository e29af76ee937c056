import { Injectable } from '@nestjs/common';
import { DomainError } from '../kernel/errors';
import type { GatewayName } from './gateway';
import type { FindsPayments, GatewayPorts, ReadsMessages, RefundsPayments } from './ports';
import { TstoreGateway } from './tstore';

/** The one way from a gateway's name to what it can do. */
@Injectable()
export class Gateways {
  private readonly ports: Readonly<Partial<Record<GatewayName, GatewayPorts>>>;

  constructor(tstore: TstoreGateway) {
    this.ports = { tstore };
  }

  /** @throws {DomainError} `gateway-cannot` where it has no way to look a payment up */
  finding(gateway: GatewayName): FindsPayments {
    return this.ports[gateway]?.finds ?? lacks(gateway, 'look payments up');
  }

  /** @throws {DomainError} `gateway-cannot` where it has no way to refund */
  refunding(gateway: GatewayName): RefundsPayments {
    return this.ports[gateway]?.refunds ?? lacks(gateway, 'refund payments');
  }

  /** @throws {DomainError} `gateway-cannot` where it sends no messages */
  reading(gateway: GatewayName): ReadsMessages {
    return this.ports[gateway]?.reads ?? lacks(gateway, 'tell its own messages');
  }
}

function lacks(gateway: GatewayName, what: string): never {
  throw new DomainError('gateway-cannot', `${gateway} has no way to ${what}`);
}
