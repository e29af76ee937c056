export type { Aggregate, Cause, Changes } from './aggregate';
export { UNHELD_SQL, claim, type Claimed } from './claim';
export { begin, leaseLost, move, note, writeHeld, type Guard } from './move';
