export { chunksOf } from './chunks';
export { WholeLines } from './whole-lines';
