export { PaceModule } from './pace.module';
export { Pacer } from './pacer';
