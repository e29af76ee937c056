import { Global, Module } from '@nestjs/common';
import { FileStore } from './file-store';
import { LeftoverSweep } from './leftover-sweep';

@Global()
@Module({ providers: [FileStore, LeftoverSweep], exports: [FileStore] })
export class StorageModule {}
