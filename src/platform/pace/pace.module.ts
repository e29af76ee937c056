import { Global, Module } from '@nestjs/common';
import { Pacer } from './pacer';

@Global()
@Module({ providers: [Pacer], exports: [Pacer] })
export class PaceModule {}
