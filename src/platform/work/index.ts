export type { Aggregate, Cause, Changes } from './aggregate';
export { Batcher } from './batcher';
export { Leased, UNHELD_SQL, claim, claimMany, type Claimed } from './claim';
export { ChangeEntry, HistoryEntry } from './history-entry';
export {
  begin,
  leaseLost,
  move,
  moveAll,
  note,
  writeHeld,
  writeIfHeld,
  type Guard,
  type Held,
  type Moving,
} from './move';
export { changesSql } from './changes.sql';
export { updateEach } from './update-each';
