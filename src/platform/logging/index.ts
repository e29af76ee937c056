export { Logger } from './logger';
export { LoggingModule } from './logging.module';
export { maskText } from './mask';
export { NestLogger } from './nest-logger';
export { openRootLogger, type LogDestination, type RootLogger } from './root-logger';
