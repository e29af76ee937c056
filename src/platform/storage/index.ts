export { FileStore, type StoredFile, type WriteOptions } from './file-store';
export { StorageModule } from './storage.module';
