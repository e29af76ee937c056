import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { TstoreConfig } from '../../config';
import { Clock, SystemClock } from '../../platform/clock';
import { Logger } from '../../platform/logging';
import { Metrics } from '../../platform/metrics';
import { TstoreClient } from './api/tstore.client';
import { TstoreModule } from './tstore.module';

const GLOBALS = [
  { provide: TstoreConfig, useValue: { account: undefined } },
  { provide: Clock, useClass: SystemClock },
  { provide: Logger, useValue: {} },
  { provide: Metrics, useValue: new Metrics() },
];

@Module({ providers: GLOBALS, exports: GLOBALS })
class Surroundings {}

describe('TstoreModule', () => {
  it('provides the client out of configuration, clock, log and metrics alone, and closes its connections', async () => {
    const surroundings = { module: Surroundings, global: true };
    const module = await Test.createTestingModule({ imports: [surroundings, TstoreModule] }).compile();
    expect(module.get(TstoreClient)).toBeInstanceOf(TstoreClient);
    await expect(module.close()).resolves.toBeUndefined();
  });
});
