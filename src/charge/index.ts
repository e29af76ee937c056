export { Charge, Settlement } from './charge.entity';
export { ChargeModule } from './charge.module';
export { ChargeRepository, type ChargeRecord } from './charge.repository';
export { CHARGE_TRANSITIONS, type ChargeState } from './charge.state';
export { SettlementEffects, type SettlementRange } from './settlement-effects';
export { SettlementLogRepository, type AppendedSettlements } from './settlement-log.repository';
