import { Injectable } from '@nestjs/common';
import type { GatewayPorts } from '../ports';
import { TstoreCheck } from './access-token/tstore-check';
import { TstorePayments } from './payments';
import { PnsVerifier } from './pns-verifier';
import { TstoreRefunds } from './refunds';

/** What T store can do by single calls; that it collects by files is `bulk-payment`'s own. */
@Injectable()
export class TstoreGateway implements GatewayPorts {
  constructor(
    readonly finds: TstorePayments,
    readonly refunds: TstoreRefunds,
    readonly reads: PnsVerifier,
    readonly checks: TstoreCheck,
  ) {}
}
