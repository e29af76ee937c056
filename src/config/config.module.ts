import { Module, type DynamicModule } from '@nestjs/common';
import {
  AdminConfig,
  ApprovalConfig,
  BillingConfig,
  CheckoutConfig,
  DatabaseConfig,
  DepositConfig,
  DeploymentConfig,
  EncryptionConfig,
  HttpConfig,
  KakaopayConfig,
  LoggingConfig,
  LookupConfig,
  EvidenceConfig,
  TieOutConfig,
  NotificationConfig,
  PortoneConfig,
  RefundConfig,
  StorageConfig,
  TossConfig,
  TstoreConfig,
  type Configuration,
} from './configuration';

/** Gives each part of the configuration to whoever asks for it by its class. */
@Module({})
export class ConfigModule {
  static forRoot(configuration: Configuration): DynamicModule {
    const providers = [
      { provide: DeploymentConfig, useValue: configuration.deployment },
      { provide: HttpConfig, useValue: configuration.http },
      { provide: DatabaseConfig, useValue: configuration.database },
      { provide: StorageConfig, useValue: configuration.storage },
      { provide: EncryptionConfig, useValue: configuration.encryption },
      { provide: AdminConfig, useValue: configuration.admin },
      { provide: CheckoutConfig, useValue: configuration.checkout },
      { provide: TstoreConfig, useValue: configuration.tstore },
      { provide: TossConfig, useValue: configuration.toss },
      { provide: KakaopayConfig, useValue: configuration.kakaopay },
      { provide: PortoneConfig, useValue: configuration.portone },
      { provide: LookupConfig, useValue: configuration.lookup },
      { provide: DepositConfig, useValue: configuration.deposit },
      { provide: RefundConfig, useValue: configuration.refund },
      { provide: ApprovalConfig, useValue: configuration.approval },
      { provide: NotificationConfig, useValue: configuration.notification },
      { provide: EvidenceConfig, useValue: configuration.evidence },
      { provide: TieOutConfig, useValue: configuration.tieOut },
      { provide: BillingConfig, useValue: configuration.billing },
      { provide: LoggingConfig, useValue: configuration.logging },
    ];
    return { module: ConfigModule, global: true, providers, exports: providers };
  }
}
