export { Charge, SETTLEMENT_KINDS, Settlement } from './charge.entity';
export { ChargeModule } from './charge.module';
export { ChargeSettlement } from './charge-settlement';
export type { ChargeRecord } from './charge-record.repository';
export { ChargeRepository, type OwnCharge, type UploadedCharge } from './charge.repository';
export { CHARGE_TRANSITIONS, type ChargeState } from './charge.state';
export { Charges } from './charges.service';
export { OWN_ORDER_NOS, TAKEN_ORDER_NOS_SQL } from './own-order-no';
export { SettlementLog, type LogPage, type SettlementLogEntry } from './settlement-log';
export {
  CLOSED_BY_DECISION,
  DECLINED_AGAINST_EVIDENCE,
  ENDED_BY_PEOPLE_SQL,
  PAYMENT_BY_DECISION,
  GIVEN_BACK_SQL,
  SettlementEffects,
  allRefundedSql,
  type SettlementOutcomes,
} from './settlement-effects';
export { PERIOD_IS_OWED_SQL, UNBILLED_SQL } from './unbilled-charges.sql';
export {
  GROUNDS,
  VERDICTS,
  verdictOf,
  type AnswerProgress,
  type ChargeVerdict,
  type Ground,
  type Verdict,
  type VerdictFacts,
} from './verdict';
export {
  UnwantedCharges,
  WITHDRAWAL_REASONS,
  withdrawnSql,
  type UnwantedQuery,
  type WithdrawalReason,
} from './unwanted-charges';
