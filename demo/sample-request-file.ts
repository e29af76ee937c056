import type { SeoulDate } from '../src/kernel/seoul-calendar';
import { demoBillingToken } from './seed';

/** A request file as T store merchants have it: two rows, a Hangul product name, no newline at the end. */
export function sampleRequestFile(billingDate: SeoulDate): string {
  const batch = billingDate.replaceAll('-', '');
  return [
    'mid,billingToken,productId,nmProduct,noBranchOrder,amtReqPurchase,amtCarrier,amtCreditCard,amtRms',
    `skpcorp,${demoBillingToken('업로드 1')},0910024116,IAP_consumable_1000,tx_${batch}_0001,1000,1000,0,0`,
    `skpcorp,${demoBillingToken('업로드 2')},0910024117,동영상 클라우드 어린이TV,tx_${batch}_0002,5500,0,5500,0`,
  ].join('\n');
}
