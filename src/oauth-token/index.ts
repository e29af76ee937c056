export { OAuthToken } from './oauth-token.entity';
export { OAuthTokenModule } from './oauth-token.module';
export { TstoreCheck, TSTORE_CHECK_OUTCOMES, type TstoreVerdict } from './tstore-check';
export { OAuthTokenStore, type AccessToken } from './oauth-token.store';
