import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { TstoreModule } from '../gateways/tstore';
import { OAuthToken } from './oauth-token.entity';
import { OAuthTokenRepository } from './oauth-token.repository';
import { OAuthTokenStore } from './oauth-token.store';

@Module({
  imports: [TypeOrmModule.forFeature([OAuthToken]), TstoreModule],
  providers: [OAuthTokenRepository, OAuthTokenStore],
  exports: [OAuthTokenStore],
})
export class OAuthTokenModule {}
