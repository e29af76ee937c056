export { IdempotencyInterceptor } from './idempotency.interceptor';
export { IdempotencyRepository } from './idempotency.repository';
