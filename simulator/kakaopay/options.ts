/** A contract: its customer id, and what it may do. */
export interface KakaoPayContractOptions {
  cid: string;
  /** 24 of `[0-9a-z]`, to be sent with each call; null where the contract has none. */
  cidSecret: string | null;
  /** A recurring one's first payment issues a SID. */
  kind: 'single' | 'recurring';
}

/** An application at KakaoPay: a key for each generation of the API, and the contracts that it may use. */
export interface KakaoPayMerchantOptions {
  /** Of the current generation. */
  secretKey: string;
  /** Of the legacy one. */
  adminKey: string;
  contracts: readonly KakaoPayContractOptions[];
  /** Domains registered with the application, which the return may lead to; any, if there are none. */
  domains: readonly string[];
}

/** Everything of the simulated KakaoPay that can be chosen at start. */
export interface KakaoPayOptions {
  kakaopayMerchants: readonly KakaoPayMerchantOptions[];
  /** From ready to the end of a `tid`, simulator time. */
  kakaopayTidLifeMs: number;
  /** Whether a SID's `last_approved_at` moves with each charge: nobody has said. */
  kakaopayLastApprovedAtMoves: boolean;
}

/** The contracts of the vendor's test mode. */
export const KAKAOPAY_MERCHANT: KakaoPayMerchantOptions = {
  secretKey: 'DEVSIMULATORSHOPSIMULATORSHOPSIMULATOR01',
  adminKey: 'simulatorshopsimulatorshop000001',
  contracts: [
    { cid: 'TC0ONETIME', cidSecret: null, kind: 'single' },
    { cid: 'TCSUBSCRIP', cidSecret: null, kind: 'recurring' },
  ],
  domains: [],
};

/** Contracts with secrets, and a registered domain: another application, whose payments the first one can't see. */
export const SECOND_KAKAOPAY_MERCHANT: KakaoPayMerchantOptions = {
  secretKey: 'DEVSIMULATORSHOPSIMULATORSHOPSIMULATOR02',
  adminKey: 'simulatorshopsimulatorshop000002',
  contracts: [
    { cid: 'CSIMSHOP02', cidSecret: 'simulatorsecretsingle002', kind: 'single' },
    { cid: 'CSIMSUBS02', cidSecret: 'simulatorsecretrecurr002', kind: 'recurring' },
  ],
  domains: ['shop.example'],
};

export const DEFAULT_KAKAOPAY_OPTIONS: KakaoPayOptions = {
  kakaopayMerchants: [KAKAOPAY_MERCHANT, SECOND_KAKAOPAY_MERCHANT],
  kakaopayTidLifeMs: 15 * 60_000,
  kakaopayLastApprovedAtMoves: true,
};
