import { Global, Module } from '@nestjs/common';
import { EncryptionKeyCheck } from './encryption-key-check';
import { KeyRing } from './key-ring';

@Global()
@Module({ providers: [KeyRing, EncryptionKeyCheck], exports: [KeyRing, EncryptionKeyCheck] })
export class CryptoModule {}
