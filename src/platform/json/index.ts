export { LosslessNumber, parseJson } from './lossless-json';
