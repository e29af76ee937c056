import { Clock, secondsAfter } from '../clock';
import type { Database } from '../database';
import type { Logger } from '../logging';
import { DatabaseOutage } from './database-outage';
import { StepHealth } from './step-health';

const STARTING_UP = Object.assign(new Error('the database system is starting up'), { code: '57P03' });

describe('how a step that fails on the database is told of', () => {
  let told: string[];
  let takesWrites: boolean;
  let now: Date;
  let health: StepHealth;

  beforeEach(() => {
    told = [];
    takesWrites = false;
    now = new Date('2027-01-31T01:00:00Z');
    const clock: Clock = { now: () => now };
    const tell = (message: string): void => void told.push(message);
    const logger = { info: tell, warn: tell, error: tell, debug: () => undefined } as unknown as Logger;
    const execute = (): Promise<number> => (takesWrites ? Promise.resolve(1) : Promise.reject(STARTING_UP));
    health = new StepHealth({ execute } as unknown as Database, clock, new DatabaseOutage(clock, logger), logger);
  });

  const away = 'database out of reach: nothing is done until it is back';

  it('is the outage while nothing can be written', async () => {
    await health.failed('plan', STARTING_UP);
    await health.failed('send', STARTING_UP);
    expect(told).toEqual([away]);
  });

  it('is the outage still when the database is back before the failure is told of', async () => {
    await health.failed('plan', STARTING_UP);
    takesWrites = true;
    await health.failed('send', STARTING_UP);
    await health.succeeded('plan');
    await health.failed('fetch', STARTING_UP);
    expect(told).toEqual([away, 'database is back']);
  });

  it('is the step where the database was there, or has been again for a minute', async () => {
    takesWrites = true;
    await health.failed('plan', STARTING_UP);
    takesWrites = false;
    await health.failed('send', STARTING_UP);
    takesWrites = true;
    await health.succeeded('send');
    now = secondsAfter(now, 60);
    await health.failed('plan', STARTING_UP);
    expect(told).toEqual(['step failed', away, 'database is back', 'step failed']);
  });
});
