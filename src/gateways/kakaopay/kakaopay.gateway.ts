import { Injectable } from '@nestjs/common';
import type { FindsOrders, GatewayPorts } from '../ports';
import { KakaopayActs } from './acts';
import { KakaopayCheckouts } from './checkouts';
import { KakaopayCheck } from './kakaopay-check';
import { KakaopayListFiles } from './list-file';
import { KakaopayMethodCharges, KakaopayMethods } from './methods';
import { KakaopayPayments } from './payments';
import { KakaopayRefunds } from './refunds';

/** What KakaoPay can do. */
@Injectable()
export class KakaopayGateway implements GatewayPorts {
  readonly findsOrders: FindsOrders;

  constructor(
    readonly finds: KakaopayPayments,
    readonly refunds: KakaopayRefunds,
    readonly confirms: KakaopayCheckouts,
    readonly charges: KakaopayMethodCharges,
    readonly issues: KakaopayMethods,
    readonly checks: KakaopayCheck,
    readonly tells: KakaopayActs,
    readonly listFiles: KakaopayListFiles,
  ) {
    this.findsOrders = finds;
  }
}
