import type { KakaoPayContractOptions, KakaoPayMerchantOptions } from './options';

/** A contract of an application. */
export interface Contract extends KakaoPayContractOptions {
  readonly merchant: KakaoPayMerchantOptions;
}

/** Applications by their keys, and the contracts of each. */
export class Merchants {
  private readonly contracts: readonly Contract[];

  constructor(private readonly list: readonly KakaoPayMerchantOptions[]) {
    this.contracts = list.flatMap((merchant) => merchant.contracts.map((one) => ({ ...one, merchant })));
  }

  bySecretKey(key: string): KakaoPayMerchantOptions | undefined {
    return this.list.find(({ secretKey }) => secretKey === key);
  }

  byAdminKey(key: string): KakaoPayMerchantOptions | undefined {
    return this.list.find(({ adminKey }) => adminKey === key);
  }

  /** An application can use its own contracts only. */
  contractOf(merchant: KakaoPayMerchantOptions, cid: string): Contract | undefined {
    return this.contracts.find((one) => one.merchant === merchant && one.cid === cid);
  }
}
