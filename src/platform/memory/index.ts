export { collectEagerly } from './collect-eagerly';
