import { Module } from '@nestjs/common';
import { OAuthTokenModule } from './access-token/oauth-token.module';
import { TstorePayments } from './payments';
import { PnsVerifier } from './pns-verifier';
import { TstoreRefunds } from './refunds';
import { TstoreGateway } from './tstore.gateway';
import { TstoreModule } from './tstore.module';

@Module({
  imports: [OAuthTokenModule, TstoreModule],
  providers: [PnsVerifier, TstoreGateway, TstorePayments, TstoreRefunds],
  exports: [TstoreGateway],
})
export class TstoreGatewayModule {}
