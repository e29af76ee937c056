export { Metrics, measureProcess } from './metrics';
export { MetricsModule } from './metrics.module';
