import { Module, type DynamicModule } from '@nestjs/common';
import { Metrics } from './metrics';
import { MetricsController } from './metrics.controller';

/** Gives the metrics to every module and serves them at `/metrics`. */
@Module({})
export class MetricsModule {
  static forRoot(metrics: Metrics): DynamicModule {
    const provider = { provide: Metrics, useValue: metrics };
    return {
      module: MetricsModule,
      global: true,
      controllers: [MetricsController],
      providers: [provider],
      exports: [provider],
    };
  }
}
