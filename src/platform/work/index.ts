export type { Aggregate, Cause, Changes } from './aggregate';
export { UNHELD_SQL, claim, type Claimed } from './claim';
export { HistoryEntry } from './history-entry';
export { begin, leaseLost, move, note, writeHeld, type Guard } from './move';
export { changesSql } from './changes.sql';
