export { BillingToken } from './billing-token.entity';
export { BillingTokenModule } from './billing-token.module';
export { SHORTEST_TOKEN, maskBillingTokens } from './mask-billing-tokens';
export { BillingTokenVault } from './billing-token.vault';
