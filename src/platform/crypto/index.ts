export { CryptoModule } from './crypto.module';
export { EncryptionKeyCheck, KEY_ID_COLUMNS } from './encryption-key-check';
export { KeyRing, type Sealed } from './key-ring';
