export { Charge, Settlement } from './charge.entity';
export { ChargeModule } from './charge.module';
export { ChargeSettlement } from './charge-settlement';
export type { ChargeFilter, ChargeRecord } from './charge-record.repository';
export { ChargeRepository, type UploadedCharge } from './charge.repository';
export { CHARGE_TRANSITIONS, type ChargeState } from './charge.state';
export { Charges } from './charges.service';
export { SettlementLog, type LogPage, type SettlementLogEntry } from './settlement-log';
export { SettlementEffects, type SettlementOutcomes } from './settlement-effects';
