import { PAYMENTS } from './payments';
import { visitCrashPoints } from './visit-crash-points';

visitCrashPoints(PAYMENTS);
