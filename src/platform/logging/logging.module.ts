import { Module, type DynamicModule } from '@nestjs/common';
import { Logger } from './logger';

/** Gives the log to every module. */
@Module({})
export class LoggingModule {
  static forRoot(logger: Logger): DynamicModule {
    const provider = { provide: Logger, useValue: logger };
    return { module: LoggingModule, global: true, providers: [provider], exports: [provider] };
  }
}
