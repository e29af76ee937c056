import { createHash } from 'node:crypto';

export const REQUEST_HEADER =
  'mid,billingToken,productId,nmProduct,noBranchOrder,amtReqPurchase,amtCarrier,amtCreditCard,amtRms';

/** Tokens as in the samples: 64 and 96 upper-case hexadecimal digits. */
export const TOKEN_64 = '9843FA6B77E5C8F8DFCD17B2C356373CA2FCF0531D9967E8B61836F364996505';
export const TOKEN_96 = `${TOKEN_64}0123456789ABCDEF0123456789ABCDEF`;

/** The sample rows of the wire contract: a plain and a Hangul product name, both lengths of token. */
export function sampleFile(prefix = 'tx_my0000'): string {
  return [
    REQUEST_HEADER,
    `skpcorp,${TOKEN_64},0910024116,IAP_consumable_1000,${prefix}1111,1000,1000,0,0`,
    `skpcorp,${TOKEN_96},0910024117,동영상 클라우드 어린이TV,${prefix}1112,5500,0,5000,500`,
  ].join('\n');
}

/** A billing token that is nobody else's. */
export function tokenOf(customer: string): string {
  return createHash('sha256').update(customer).digest('hex').toUpperCase();
}

/** A file of `count` rows, each with an order number, which begins with the prefix, and a token and amount of its own. */
export function requestFile(count: number, prefix: string): string {
  const rows = Array.from({ length: count }, (_, index) => {
    const token = tokenOf(`${prefix}${index}`);
    const amount = 1_000 + index;
    return `skpcorp,${token},0910024116,상품 ${index},${prefix}${index},${amount},${amount},0,0`;
  });
  return [REQUEST_HEADER, ...rows].join('\n');
}
