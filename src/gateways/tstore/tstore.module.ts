import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { GatewayAccountModule } from '../../gateway-account';
import { AccessTokens } from './access-token/access-tokens';
import { OAuthToken } from './access-token/oauth-token.entity';
import { OAuthTokenRepository } from './access-token/oauth-token.repository';
import { TstoreCheck } from './access-token/tstore-check';
import { TstoreCalls } from './api/tstore-calls';
import { TstoreClient } from './api/tstore.client';
import { TstorePayments } from './payments';
import { PnsVerifier } from './pns-verifier';
import { TstoreRefunds } from './refunds';
import { TstoreGateway } from './tstore.gateway';

/** All of T store: its ports for everybody, and for `bulk-payment` the client and the access tokens that files are sent with. */
@Module({
  imports: [TypeOrmModule.forFeature([OAuthToken]), GatewayAccountModule],
  providers: [
    AccessTokens,
    OAuthTokenRepository,
    PnsVerifier,
    TstoreCalls,
    TstoreCheck,
    TstoreClient,
    TstoreGateway,
    TstorePayments,
    TstoreRefunds,
  ],
  exports: [AccessTokens, TstoreClient, TstoreGateway],
})
export class TstoreModule {}
