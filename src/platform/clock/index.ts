export { retryAt } from './back-off';
export { Clock, SystemClock, secondsAfter } from './clock';
