export { CRASH_POINTS, crashPoint, observeCrashPoints, type CrashPoint } from './crash-points';
