export { OAuthToken } from './oauth-token.entity';
export { OAuthTokenModule } from './oauth-token.module';
export { OAuthTokenStore, type AccessToken } from './oauth-token.store';
