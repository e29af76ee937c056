export { retryAt } from './back-off';
export { FollowedClock } from './followed-clock';
export { Clock, SystemClock, secondsAfter } from './clock';
