export { Charge, Settlement } from './charge.entity';
export { ChargeModule } from './charge.module';
export { ChargeSettlement } from './charge-settlement';
export { ChargeRepository, type ChargeRecord, type UploadedCharge } from './charge.repository';
export { CHARGE_TRANSITIONS, type ChargeState } from './charge.state';
export { SettlementEffects, type SettlementOutcomes } from './settlement-effects';
