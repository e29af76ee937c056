export * from './configuration';
export { ConfigModule } from './config.module';
export { makeDataDirectory } from './data-directory';
export { DEMO_ADMIN_KEY, DEMO_ENCRYPTION_KEY } from './demo-secrets';
export {
  DEPLOYMENTS,
  Environment,
  type Deployment,
  type LogLevel,
  type RetryExhausted,
  type Role,
} from './environment';
export { InvalidConfigurationError, readConfiguration } from './read-configuration';
export { KAKAOPAY_ACCOUNT_SETTINGS, kakaopayAccountOf, kakaopayCidFault } from './kakaopay-account';
export * from './kakaopay-key';
export { PORTONE_ACCOUNT_SETTINGS, portoneAccountOf } from './portone-account';
export * from './portone-key';
export { TOSS_KEY, TOSS_KEY_IN_WORDS } from './toss-key';
export { TOSS_ACCOUNT_SETTINGS, tossAccountOf, tossKeyFaults } from './toss-keys';
export { TSTORE_ACCOUNT_SETTINGS, tstoreAccountOf } from './tstore-account';
export { TRIAL_KEYS_FILE, noteAddress, trialKeys, withTrialSettings } from './trial';
