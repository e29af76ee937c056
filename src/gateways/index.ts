export * from './gateway';
export { Gateways } from './gateways';
export { GatewaysModule } from './gateways.module';
export * from './limits';
export type * from './ports';
