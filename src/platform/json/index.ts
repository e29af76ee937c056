export { LosslessNumber, parseJson, stringifyJson } from './lossless-json';
