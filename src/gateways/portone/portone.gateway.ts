import { Injectable } from '@nestjs/common';
import type { FindsOrders, GatewayPorts } from '../ports';
import { PortoneCheckouts } from './checkouts';
import { PortoneMethodCharges, PortoneMethods } from './methods';
import { PortonePayments } from './payments';
import { PortoneCheck } from './portone-check';
import { PortoneRefunds } from './refunds';

/** What PortOne can do. */
@Injectable()
export class PortoneGateway implements GatewayPorts {
  readonly tellsOfPayments = true;
  readonly findsOrders: FindsOrders;

  constructor(
    readonly finds: PortonePayments,
    readonly refunds: PortoneRefunds,
    readonly confirms: PortoneCheckouts,
    readonly charges: PortoneMethodCharges,
    readonly issues: PortoneMethods,
    readonly checks: PortoneCheck,
  ) {
    this.findsOrders = finds;
  }
}
