export { ACCOUNT_GATEWAYS } from './account-form';
export type { AccountPlaces, FreePlaces, Placed } from './account-places';
export {
  CredentialChecks,
  refusedCredentialsSql,
  unansweredCredentialsSql,
  unusedAccountsSql,
  type DueCheck,
} from './credential-checks';
export { GatewayAccountChanges } from './gateway-account-changes.service';
export {
  PURPOSES,
  type GatewayAccount,
  type GatewayAccountCredential,
  type GatewayAccountHistory,
  type Purpose,
} from './gateway-account.entity';
export { CREDENTIAL_VERDICTS, type CredentialVerdict, type GatewayAccountCheck } from './gateway-account-check.entity';
export { GatewayAccountModule } from './gateway-account.module';
export { GatewayAccounts } from './gateway-accounts.service';
export { GATEWAY_NAMES, type GatewayName } from './gateway-name';
export type { CredentialSet, Secrets } from './credential.vault';
