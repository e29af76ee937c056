import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CredentialVault } from './credential.vault';
import { GatewayAccountChanges } from './gateway-account-changes.service';
import { GatewayAccount, GatewayAccountCredential, GatewayAccountHistory } from './gateway-account.entity';
import { GatewayAccountRepository } from './gateway-account.repository';
import { GatewayAccounts } from './gateway-accounts.service';
import { SettingsAccounts } from './settings-accounts';

@Module({
  imports: [TypeOrmModule.forFeature([GatewayAccount, GatewayAccountCredential, GatewayAccountHistory])],
  providers: [CredentialVault, GatewayAccountChanges, GatewayAccountRepository, GatewayAccounts, SettingsAccounts],
  exports: [GatewayAccountChanges, GatewayAccounts],
})
export class GatewayAccountModule {}
