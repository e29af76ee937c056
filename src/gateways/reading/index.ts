export { outcomeWithout, refused, unansweredAs, undeclined, unknown, unknownNo, type ReadMembers } from './answers';
export {
  countOf,
  idOf,
  isJsonObject,
  isNumber,
  listOf,
  parseJsonObject,
  parseJsonText,
  textOf,
  wonOf,
  type JsonMembers,
} from './json-members';
export { presentable, showing, type Show } from './presentable';
