import { Injectable } from '@nestjs/common';
import { Logger } from '../../../platform/logging';
import { Metrics } from '../../../platform/metrics';
import { GatewayCalls } from '../../calls';

/** What Toss is asked for. */
export type TossOperation =
  | 'confirm'
  | 'payment'
  | 'order'
  | 'cancel'
  | 'issue-billing-key'
  | 'charge-billing-key'
  | 'delete-billing-key'
  | 'issue-virtual-account'
  | 'transactions'
  | 'settlements'
  | 'check';

@Injectable()
export class TossCalls extends GatewayCalls<TossOperation> {
  constructor(logger: Logger, metrics: Metrics) {
    super('toss', logger, metrics);
  }
}
