export { FileStore, type WriteOptions } from './file-store';
export type { StoredFile } from './sealed-file';
export { StorageModule } from './storage.module';
