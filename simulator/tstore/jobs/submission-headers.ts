import type { SubmissionHeaders } from '../../../src/gateways/tstore/wire';
import type { TstoreExchange } from '../exchange';

const PRIORITY = 'Instant';
const VERSION = '1';

export function readSubmissionHeaders(exchange: TstoreExchange): SubmissionHeaders {
  return {
    verBulkPay: exchange.header('verBulkPay'),
    bid: exchange.header('bid'),
    notiUrl: exchange.header('notiUrl'),
    cntTotalTrans: exchange.header('cntTotalTrans'),
    priority: exchange.header('priority'),
  };
}

/** What is wrong with them, or null. An empty `notiUrl` is normal [M,G]. */
export function headerProblem(headers: SubmissionHeaders, bid: string): string | null {
  if (headers.verBulkPay !== VERSION) return `verBulkPay must be ${VERSION}`;
  if (headers.bid !== bid) return 'Unknown bid';
  if (!/^\d{1,9}$/.test(headers.cntTotalTrans)) return 'cntTotalTrans must be a decimal number';
  if (headers.priority !== PRIORITY) return `priority must be ${PRIORITY}`;
  if (headers.notiUrl !== '' && !isHttpUrl(headers.notiUrl)) return 'notiUrl must be an http or https address';
  return null;
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
