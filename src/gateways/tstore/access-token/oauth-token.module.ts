import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { GatewayAccountModule } from '../../../gateway-account';
import { TstoreModule } from '../tstore.module';
import { AccessTokens } from './access-tokens';
import { OAuthToken } from './oauth-token.entity';
import { OAuthTokenRepository } from './oauth-token.repository';
import { TstoreCheck } from './tstore-check';

@Module({
  imports: [TypeOrmModule.forFeature([OAuthToken]), GatewayAccountModule, TstoreModule],
  providers: [AccessTokens, OAuthTokenRepository, TstoreCheck],
  exports: [AccessTokens, TstoreCheck],
})
export class OAuthTokenModule {}
