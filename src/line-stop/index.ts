export { LineStop } from './line-stop.entity';
export { LineStopModule } from './line-stop.module';
export { LineStopRepository, PARKED_SUBSCRIPTION_SQL, type Violations } from './line-stop.repository';
export { LINE_STOP_KINDS, LINE_STOP_TRANSITIONS, type LineStopKind, type LineStopState } from './line-stop.state';
export { LineStops } from './line-stops.service';
export { ParkedRooms, type NotedBy, type Parked, type StopNote } from './parked';
