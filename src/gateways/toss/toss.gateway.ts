import { Injectable } from '@nestjs/common';
import type { FindsOrders, GatewayPorts } from '../ports';
import { TossCheck } from './toss-check';
import { TossCheckouts } from './checkouts';
import { TossLists } from './lists';
import { TossMethodCharges, TossMethods } from './methods';
import { TossPayments } from './payments';
import { TossRefunds } from './refunds';

/** What Toss can do. */
@Injectable()
export class TossGateway implements GatewayPorts {
  readonly tellsOfPayments = true;
  readonly findsOrders: FindsOrders;

  constructor(
    readonly finds: TossPayments,
    readonly refunds: TossRefunds,
    readonly confirms: TossCheckouts,
    readonly charges: TossMethodCharges,
    readonly issues: TossMethods,
    readonly lists: TossLists,
    readonly checks: TossCheck,
  ) {
    this.findsOrders = finds;
  }
}
