import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CredentialChecks } from './credential-checks';
import { CredentialVault } from './credential.vault';
import { GatewayAccountChanges } from './gateway-account-changes.service';
import { GatewayAccount, GatewayAccountCredential, GatewayAccountHistory } from './gateway-account.entity';
import { GatewayAccountCheck } from './gateway-account-check.entity';
import { GatewayAccountRepository } from './gateway-account.repository';
import { GatewayAccounts } from './gateway-accounts.service';
import { SettingsAccounts } from './settings-accounts';

@Module({
  imports: [
    TypeOrmModule.forFeature([GatewayAccount, GatewayAccountCheck, GatewayAccountCredential, GatewayAccountHistory]),
  ],
  providers: [
    CredentialChecks,
    CredentialVault,
    GatewayAccountChanges,
    GatewayAccountRepository,
    GatewayAccounts,
    SettingsAccounts,
  ],
  exports: [CredentialChecks, GatewayAccountChanges, GatewayAccounts],
})
export class GatewayAccountModule {}
