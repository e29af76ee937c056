export { constantTimeEquals } from './constant-time';
export { CryptoModule } from './crypto.module';
export { ENCRYPTED_COLUMNS, type EncryptedColumn } from './encrypted-columns';
export { EncryptionKeyCheck } from './encryption-key-check';
export { KeyRing, type Mac, type Sealed } from './key-ring';
export { reencryptColumn } from './reencryption';
