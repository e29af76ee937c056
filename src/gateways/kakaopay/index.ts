export { KakaopayGateway } from './kakaopay.gateway';
export { KakaopayModule } from './kakaopay.module';
