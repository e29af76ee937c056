export { startSimulator, type Simulator } from './simulator';
export { DEFAULT_OPTIONS, type SimulatorOptions } from './options';
export type { SimulatorControl } from './control/control';
export type { JobView, NotificationView } from './control/views';
export type { BookEntry, BookState, BookTotals } from './book/book';
export type { RecordedCall } from './call-log';
export { FaultOrderError, type ArmedFaultView, type FaultOrder } from './faults/armed-faults';
export { FAULTS, type FaultKind } from './faults/catalogue';
export { checkScenario, readScenarioFile, ScenarioError, type Scenario } from './faults/scenario';
