export { PaceModule } from './pace.module';
export { Pacer, paceWithin, type TakenTurns } from './pacer';
