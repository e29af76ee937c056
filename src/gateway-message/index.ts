export { GatewayMessageModule } from './gateway-message.module';
export { MessageLooks } from './message-looks.service';
