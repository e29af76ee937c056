export { retryAt, type BackOff } from './back-off';
export { Clock, SystemClock, secondsAfter } from './clock';
