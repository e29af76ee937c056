export { PortoneGateway } from './portone.gateway';
export { PortoneModule } from './portone.module';
