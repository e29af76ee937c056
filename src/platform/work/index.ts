export type { Aggregate, Cause, Changes } from './aggregate';
export { Leased, UNHELD_SQL, claim, type Claimed } from './claim';
export { ChangeEntry, HistoryEntry } from './history-entry';
export { begin, leaseLost, move, note, writeHeld, writeIfHeld, type Guard, type Held } from './move';
export { changesSql } from './changes.sql';
