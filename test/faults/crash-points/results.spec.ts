import { RESULTS } from './results';
import { visitCrashPoints } from './visit-crash-points';

visitCrashPoints(RESULTS);
