export { HeavyReadInterceptor } from './heavy-read.interceptor';
export { HeavyReads } from './heavy-reads';
