import { Module } from '@nestjs/common';
import { TstoreCalls } from './api/tstore-calls';
import { TstoreClient } from './api/tstore.client';

/** Provides the client of the T store Payment Open API; configuration and clock come from the global modules. */
@Module({ providers: [TstoreCalls, TstoreClient], exports: [TstoreClient] })
export class TstoreModule {}
