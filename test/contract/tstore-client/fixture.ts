import { TstoreConfig } from '../../../src/config';
import { TstoreClient, type RequestRow } from '../../../src/gateways/tstore';
import { won } from '../../../src/kernel/won';
import { REFUSAL_CODES } from '../../../simulator/tstore/result-codes';
import { Clock } from '../../../src/platform/clock';

class FixedClock extends Clock {
  constructor(private readonly at = new Date('2026-11-20T00:00:00.000Z')) {
    super();
  }

  now(): Date {
    return this.at;
  }
}

/** No test waits for these time-outs unless it sets its own. */
const PATIENT_MS = 600_000;

export function tstoreConfig(baseUrl: string, changes: Partial<TstoreConfig> = {}): TstoreConfig {
  return {
    account: undefined,
    authBaseUrl: baseUrl,
    apiBaseUrl: baseUrl,
    pnsBaseUrl: baseUrl,
    notificationUrlPerJob: true,
    connectTimeoutMs: PATIENT_MS,
    answerTimeoutMs: PATIENT_MS,
    idleTimeoutMs: PATIENT_MS,
    leastBytesPerSecond: 64 * 1024,
    refusalCodes: Object.values(REFUSAL_CODES),
    refundedStatuses: [],
    paidStatuses: ['complite'],
    nothingLeftCodes: [],
    notFoundCodes: [],
    authKeyIsBillingToken: false,
    tokenMarginSeconds: 300,
    ...changes,
  };
}

/** Of a client with every character that is easily broken. */
export const CREDENTIALS = { clientId: 'client+/=', clientSecret: 'secret:with+/=' };

/** The client the simulator knows by default. */
export const SIMULATOR_CREDENTIALS = { clientId: 'demo-client', clientSecret: 'demo-secret+/=' };

export function clientOf(config: TstoreConfig): TstoreClient {
  return new TstoreClient(config, new FixedClock());
}

export function requestRow(orderNo: string, changes: Partial<RequestRow> = {}): RequestRow {
  return {
    merchantId: 'skpcorp',
    billingToken: 'AB'.repeat(32),
    storeProductId: '0910024116',
    productName: '동영상 클라우드 어린이TV',
    orderNo,
    amount: won(1000),
    carrierAmount: won(1000),
    creditCardAmount: won(0),
    tmembershipAmount: won(0),
    ...changes,
  };
}
