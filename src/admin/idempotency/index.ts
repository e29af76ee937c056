export { IdempotencyInterceptor } from './idempotency.interceptor';
export { IdempotencyRepository } from './idempotency.repository';
export { ShownOnce } from './shown-once.decorator';
