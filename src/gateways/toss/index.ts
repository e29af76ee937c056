export { TossGateway } from './toss.gateway';
export { TossModule } from './toss.module';
