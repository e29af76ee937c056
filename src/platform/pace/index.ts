export { PaceModule } from './pace.module';
export { Pacer, paceWithin } from './pacer';
