import { CUSTOMERS } from './customers';
import { visitCrashPoints } from './visit-crash-points';

visitCrashPoints(CUSTOMERS);
