import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { AdminModule } from './admin';
import { BillingSchedulerModule } from './billing-scheduler';
import { BulkPaymentPortsModule } from './bulk-payment';
import { CheckoutModule } from './checkout';
import { ConfigModule, type Configuration, type Role } from './config';
import { webhooksOf } from './gateways';
import { NotificationListenerModule, type Webhook } from './inbox';
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
  /** Ways in which gateways send messages, in place of those of `gateways/`. */
  webhooks?: readonly Webhook[] | undefined;
}

/** What each role runs. */
const FEATURES: Readonly<Record<Role, (parts: AppParts) => DynamicModule | Type>> = {
  listener: ({ configuration, webhooks = webhooksOf(configuration) }) => NotificationListenerModule.of(webhooks),
  scheduler: () => BillingSchedulerModule,
  admin: () => AdminModule,
  checkout: () => CheckoutModule,
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
  static forRoot(parts: AppParts): DynamicModule {
    const { configuration, databaseUrl, clock, logger, metrics, lifecycle } = parts;
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
        BulkPaymentPortsModule,
        SubscriptionPortsModule,
        ...[...configuration.roles].map((role) => FEATURES[role](parts)),
      ],
    };
  }
}
