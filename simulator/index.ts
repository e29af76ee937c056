export { startSimulator, type Simulator } from './simulator';
export { DEFAULT_OPTIONS, SECOND_CLIENT, type ClientOptions, type SimulatorOptions } from './options';
export { kakaopaySettings, portoneSettings, serviceSettings, tossSettings } from './service-settings';
export type { SimulatorControl } from './tstore/control/control';
export type { JobView, NotificationView } from './tstore/control/views';
export type { BookEntry, BookState, BookTotals } from './tstore/book';
export type { RecordedCall } from './shared/call-log';
export { FaultOrderError, type ArmedFaultView, type FaultOrder } from './tstore/faults/armed-faults';
export { FAULTS, type FaultKind } from './tstore/faults/catalogue';
export { checkScenario, readScenarioFile, ScenarioError, type Scenario } from './tstore/faults/scenario';
export { DEFAULT_TOSS_OPTIONS, SECOND_TOSS_MERCHANT, TOSS_MERCHANT, type TossMerchantOptions } from './toss/options';
export type { TossControl } from './toss/control/toss-control';
export type { TossBookEntry, TossBookTotals } from './toss/book';
export { TOSS_FAULTS, type TossFaultKind, type TossFaultOrder } from './toss/faults/catalogue';
export {
  DEFAULT_KAKAOPAY_OPTIONS,
  KAKAOPAY_MERCHANT,
  SECOND_KAKAOPAY_MERCHANT,
  type KakaoPayMerchantOptions,
} from './kakaopay/options';
export type { KakaoPayControl } from './kakaopay/control/kakaopay-control';
export type { KakaoPayBookEntry, KakaoPayBookTotals } from './kakaopay/book';
export { KAKAOPAY_FAULTS, type KakaoPayFaultKind, type KakaoPayFaultOrder } from './kakaopay/faults/catalogue';
export {
  DEFAULT_PORTONE_OPTIONS,
  PORTONE_STORE,
  SECOND_PORTONE_STORE,
  type PortOneStoreOptions,
} from './portone/options';
export type { PortOneControl } from './portone/control/portone-control';
export type { PortOneBookEntry, PortOneBookTotals } from './portone/book';
export { PORTONE_FAULTS, type PortOneFaultKind, type PortOneFaultOrder } from './portone/faults/catalogue';
