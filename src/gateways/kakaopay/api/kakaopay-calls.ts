import { Injectable } from '@nestjs/common';
import { Logger } from '../../../platform/logging';
import { Metrics } from '../../../platform/metrics';
import { GatewayCalls } from '../../calls';
import type { KakaopayCallName } from '../wire';

@Injectable()
export class KakaopayCalls extends GatewayCalls<KakaopayCallName> {
  constructor(logger: Logger, metrics: Metrics) {
    super('kakaopay', logger, metrics);
  }
}
