import { Injectable } from '@nestjs/common';
import { DomainError } from '../kernel/errors';
import { GATEWAY_NAMES, type GatewayName } from './gateway';
import type {
  ChargesMethods,
  ChecksAccounts,
  ConfirmsCheckouts,
  FindsOrders,
  FindsPayments,
  GatewayPorts,
  IssuesMethods,
  ListsPayments,
  ReadsListFiles,
  ReadsMessages,
  RefundsPayments,
  TellsActs,
} from './ports';
import { KakaopayGateway } from './kakaopay';
import { PortoneGateway } from './portone';
import { TossGateway } from './toss';
import { TstoreGateway } from './tstore';

/** What people ask of a gateway about a payment. */
export type GatewayAct = 'look-up' | 'refund';

/** The one way from a gateway's name to what it can do. */
@Injectable()
export class Gateways {
  private readonly ports: Readonly<Partial<Record<GatewayName, GatewayPorts>>>;

  constructor(tstore: TstoreGateway, toss: TossGateway, kakaopay: KakaopayGateway, portone: PortoneGateway) {
    this.ports = { tstore, toss, kakaopay, portone };
  }

  /** Those whose messages are about payments, each a reason to look at one and no more. */
  tellingOfPayments(): GatewayName[] {
    return GATEWAY_NAMES.filter((gateway) => this.ports[gateway]?.tellsOfPayments === true);
  }

  /** Whether it charges one payment method by one call. */
  canCharge(gateway: GatewayName): boolean {
    return this.ports[gateway]?.charges !== undefined;
  }

  /** @throws {DomainError} `gateway-cannot` where it has no way to charge one payment method by one call */
  charging(gateway: GatewayName): ChargesMethods {
    return this.ports[gateway]?.charges ?? lacks(gateway, 'charge a payment method by one call');
  }

  /** @throws {DomainError} `gateway-cannot` where customers don't enter payment methods in its window */
  issuing(gateway: GatewayName): IssuesMethods {
    return this.ports[gateway]?.issues ?? lacks(gateway, 'issue payment methods');
  }

  /** @throws {DomainError} `gateway-cannot` where it has no list of its own */
  listing(gateway: GatewayName): ListsPayments {
    return this.ports[gateway]?.lists ?? lacks(gateway, 'list its payments');
  }

  /** Whether it can be asked for lists of its own. */
  hasLists(gateway: GatewayName): boolean {
    return this.ports[gateway]?.lists !== undefined;
  }

  /** Whether a day of it can be held against ours: by lists of its own, or payment by payment. */
  canTieOut(gateway: GatewayName): boolean {
    return this.hasLists(gateway) || this.ports[gateway]?.tells !== undefined;
  }

  /** @throws {DomainError} `gateway-cannot` where what was looked up does not tell what happened to a payment */
  telling(gateway: GatewayName): TellsActs {
    return this.ports[gateway]?.tells ?? lacks(gateway, 'tell its payments, in a list or one by one');
  }

  /** @throws {DomainError} `gateway-cannot` where nobody knows what a list from its own site looks like */
  readingListFiles(gateway: GatewayName): ReadsListFiles {
    return this.ports[gateway]?.listFiles ?? lacks(gateway, 'have its payments read from a file');
  }

  /** What of these it can be asked for here. */
  acts(gateway: GatewayName): GatewayAct[] {
    const { finds, refunds } = this.ports[gateway] ?? {};
    return [...(finds ? (['look-up'] as const) : []), ...(refunds ? (['refund'] as const) : [])];
  }

  /** @throws {DomainError} `gateway-cannot` where it has no way to look a payment up */
  finding(gateway: GatewayName): FindsPayments {
    return this.ports[gateway]?.finds ?? lacks(gateway, 'look payments up');
  }

  /** @throws {DomainError} `gateway-cannot` where it has no way to refund */
  refunding(gateway: GatewayName): RefundsPayments {
    return this.ports[gateway]?.refunds ?? lacks(gateway, 'refund payments');
  }

  /** @throws {DomainError} `gateway-cannot` where it has no payment window */
  confirming(gateway: GatewayName): ConfirmsCheckouts {
    return this.ports[gateway]?.confirms ?? lacks(gateway, 'take payments in a window');
  }

  /** @throws {DomainError} `gateway-cannot` where payments can't be found by order number */
  findingOrders(gateway: GatewayName): FindsOrders {
    return this.ports[gateway]?.findsOrders ?? lacks(gateway, 'look payments up by order number');
  }

  /** Whether credentials can be tried at it. */
  canCheck(gateway: GatewayName): boolean {
    return this.ports[gateway]?.checks !== undefined;
  }

  /** @throws {DomainError} `gateway-cannot` where it has no way to try credentials */
  checking(gateway: GatewayName): ChecksAccounts {
    return this.ports[gateway]?.checks ?? lacks(gateway, 'try credentials');
  }

  /** @throws {DomainError} `gateway-cannot` where it sends no messages */
  reading(gateway: GatewayName): ReadsMessages {
    return this.ports[gateway]?.reads ?? lacks(gateway, 'tell its own messages');
  }
}

function lacks(gateway: GatewayName, what: string): never {
  throw new DomainError('gateway-cannot', `${gateway} has no way to ${what}`);
}
