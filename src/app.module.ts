import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { AdminModule } from './admin';
import { BillingSchedulerModule } from './billing-scheduler';
import { ConfigModule, type Configuration, type Role } from './config';
import { NotificationListenerModule } from './inbox';
import { Clock } from './platform/clock';
import { CryptoModule } from './platform/crypto';
import { DatabaseModule } from './platform/database';
import { HealthModule, type Lifecycle } from './platform/health';
import { LoggingModule, type Logger } from './platform/logging';
import { MetricsModule, type Metrics } from './platform/metrics';
import { PaceModule } from './platform/pace';
import { StorageModule } from './platform/storage';
import { SubscriptionPortsModule } from './subscription';

/** What exists before the application does, because starting needs it. */
export interface AppParts {
  configuration: Configuration;
  /** Where the database is, which the configuration leaves open when it is embedded. */
  databaseUrl: string;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  lifecycle: Lifecycle;
}

/** What each role runs. A module that several roles need is named by each. */
const FEATURES: Readonly<Record<Role, Type[]>> = {
  listener: [NotificationListenerModule],
  scheduler: [BillingSchedulerModule],
  admin: [AdminModule],
};

@Module({})
class ClockModule {
  static forRoot(clock: Clock): DynamicModule {
    const provider = { provide: Clock, useValue: clock };
    return { module: ClockModule, global: true, providers: [provider], exports: [provider] };
  }
}

/** The composition root: the platform, and the features of the roles this process has. */
@Module({})
export class AppModule {
  static forRoot({ configuration, databaseUrl, clock, logger, metrics, lifecycle }: AppParts): DynamicModule {
    const { poolSize } = configuration.database;
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot({ ...configuration, database: { ...configuration.database, url: databaseUrl } }),
        ClockModule.forRoot(clock),
        LoggingModule.forRoot(logger),
        MetricsModule.forRoot(metrics),
        HealthModule.forRoot(lifecycle),
        DatabaseModule.forRoot(
          { url: databaseUrl, poolSize },
          configuration.roles.has('admin') ? configuration.database.keptPools : undefined,
        ),
        CryptoModule,
        PaceModule,
        StorageModule,
        SubscriptionPortsModule,
        ...new Set([...configuration.roles].flatMap((role) => FEATURES[role])),
      ],
    };
  }
}
