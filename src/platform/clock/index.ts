export { Clock, SystemClock, secondsAfter } from './clock';
