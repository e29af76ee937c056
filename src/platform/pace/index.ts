export { PaceModule } from './pace.module';
export { Pacer, type Pace } from './pacer';
