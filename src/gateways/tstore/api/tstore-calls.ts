import { Injectable } from '@nestjs/common';
import { Logger } from '../../../platform/logging';
import { Metrics } from '../../../platform/metrics';
import { GatewayCalls } from '../../calls';

/** What T store is asked for. */
export type TstoreOperation = 'token' | 'submit' | 'download-result' | 'transaction' | 'refund' | 'verify';

@Injectable()
export class TstoreCalls extends GatewayCalls<TstoreOperation> {
  constructor(logger: Logger, metrics: Metrics) {
    super('tstore', logger, metrics);
  }
}
