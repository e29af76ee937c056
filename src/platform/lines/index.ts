export { chunksOf } from './chunks';
export { UTF8_EXPECTED, foreignFormOf } from './foreign-form';
export { WholeLines } from './whole-lines';
