import { Module, type DynamicModule } from '@nestjs/common';
import { DatabaseCheck } from './database.check';
import { HealthController } from './health.controller';
import { Lifecycle } from './lifecycle';
import { Readiness } from './readiness';

/** Serves `/health/live` and `/health/ready`, and lets every module add to what readiness means. */
@Module({})
export class HealthModule {
  static forRoot(lifecycle: Lifecycle): DynamicModule {
    const provide = { provide: Lifecycle, useValue: lifecycle };
    return {
      module: HealthModule,
      global: true,
      controllers: [HealthController],
      providers: [provide, Readiness, DatabaseCheck],
      exports: [provide, Readiness, DatabaseCheck],
    };
  }
}
