import { SUBMISSIONS } from './submissions';
import { visitCrashPoints } from './visit-crash-points';

visitCrashPoints(SUBMISSIONS);
