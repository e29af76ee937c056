export { Charge, SETTLEMENT_KINDS, Settlement } from './charge.entity';
export { ChargeModule } from './charge.module';
export { ChargeSettlement } from './charge-settlement';
export type { ChargeFilter, ChargeRecord } from './charge-record.repository';
export { ChargeRepository, type UploadedCharge } from './charge.repository';
export { CHARGE_TRANSITIONS, type ChargeState } from './charge.state';
export { ChargeTransactions, type ChargeTransaction } from './charge-transactions.service';
export { Charges } from './charges.service';
export { MonthlyReport, type ProductMonth } from './monthly-report';
export { OutsideRefund } from './outside-refund.entity';
export { OUTSIDE_REFUND_TRANSITIONS, type OutsideRefundState } from './outside-refund.state';
export { OutsideRefunds } from './outside-refunds.service';
export { OWN_ORDER_NOS, TAKEN_ORDER_NOS_SQL } from './own-order-no';
export { Refund, RefundHistory } from './refund.entity';
export { RefundModule } from './refund.module';
export { RefundResolutionService } from './refund-resolution.service';
export { RefundSendingService } from './refund-sending.service';
export { REFUND_TRANSITIONS, type RefundState } from './refund.state';
export { Refunds, leftOf } from './refunds.service';
export { SettlementLog, type LogPage, type SettlementLogEntry } from './settlement-log';
export {
  CLOSED_BY_DECISION,
  DECLINED_AGAINST_EVIDENCE,
  SettlementEffects,
  type SettlementOutcomes,
} from './settlement-effects';
export { UNBILLED_SQL } from './unbilled-charges.sql';
