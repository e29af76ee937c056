import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { TstoreModule } from '../tstore.module';
import { OAuthToken } from './oauth-token.entity';
import { OAuthTokenRepository } from './oauth-token.repository';
import { OAuthTokenStore } from './oauth-token.store';
import { TstoreCheck } from './tstore-check';

@Module({
  imports: [TypeOrmModule.forFeature([OAuthToken]), TstoreModule],
  providers: [OAuthTokenRepository, OAuthTokenStore, TstoreCheck],
  exports: [OAuthTokenStore, TstoreCheck],
})
export class OAuthTokenModule {}
