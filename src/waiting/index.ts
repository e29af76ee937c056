export { WAITING_KINDS, waitingOf, waitingSql, type Waiting, type WaitingRow } from './waiting-kinds';
