import type { AskedCharge, Outcome } from './result-file-model';

const TOKENS = Array.from({ length: 20 }, (_, index) => index.toString(16).toUpperCase().padStart(64, 'E'));

/** So many charges, each with an order number and transaction of its own, every fifth declined. */
export function answersOf(prefix: string, count: number): (AskedCharge & Outcome)[] {
  return Array.from({ length: count }, (_, index) => {
    const isPaid = index % 5 !== 4;
    return {
      orderNo: `${prefix}${index}`,
      token: TOKENS[index % TOKENS.length] ?? '',
      productId: '0910024117',
      productName: '동영상 클라우드 어린이TV',
      amount: 1_600 + index,
      carrierAmount: 1_000 + index,
      creditCardAmount: 500,
      tmembershipAmount: 100,
      transactionId: isPaid ? `TSTORE0004_${prefix}${index}` : 'None',
      resultCode: isPaid ? '0000' : '3104',
      resultMessage: isPaid ? '정상' : '한도 초과',
    };
  });
}
