export { DatabaseOutage } from './database-outage';
export { StepHealth } from './step-health';
