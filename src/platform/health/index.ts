export { DatabaseCheck } from './database.check';
export { HealthModule } from './health.module';
export { Lifecycle } from './lifecycle';
export { Readiness } from './readiness';
