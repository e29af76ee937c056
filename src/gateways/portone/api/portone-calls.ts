import { Injectable } from '@nestjs/common';
import { Logger } from '../../../platform/logging';
import { Metrics } from '../../../platform/metrics';
import { GatewayCalls } from '../../calls';

/** What PortOne is asked for. */
export type PortoneOperation =
  | 'payment'
  | 'pre-register'
  | 'confirm'
  | 'cancel'
  | 'close-account'
  | 'charge'
  | 'schedules'
  | 'billing-key'
  | 'confirm-billing-key'
  | 'delete-billing-key'
  | 'check';

@Injectable()
export class PortoneCalls extends GatewayCalls<PortoneOperation> {
  constructor(logger: Logger, metrics: Metrics) {
    super('portone', logger, metrics);
  }
}
