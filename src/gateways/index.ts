export { AccountChecks } from './account-checks';
export type * from './collection';
export * from './exchange';
export * from './gateway';
export { Gateways, type GatewayAct } from './gateways';
export { GatewaysModule } from './gateways.module';
export * from './limits';
export type * from './ports';
export { webhooksOf } from './webhooks';
