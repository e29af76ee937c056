import { Test } from '@nestjs/testing';
import { TstoreConfig } from '../../../config';
import { Clock, SystemClock } from '../../../platform/clock';
import { Logger } from '../../../platform/logging';
import { Metrics } from '../../../platform/metrics';
import { TstoreCalls } from './tstore-calls';
import { TstoreClient } from './tstore.client';

describe('TstoreClient', () => {
  it('is made out of configuration, clock, log and metrics alone, and closes its connections', async () => {
    const module = await Test.createTestingModule({
      providers: [
        { provide: TstoreConfig, useValue: { account: undefined } },
        { provide: Clock, useClass: SystemClock },
        { provide: Logger, useValue: {} },
        { provide: Metrics, useValue: new Metrics() },
        TstoreCalls,
        TstoreClient,
      ],
    }).compile();
    expect(module.get(TstoreClient)).toBeInstanceOf(TstoreClient);
    await expect(module.close()).resolves.toBeUndefined();
  });
});
