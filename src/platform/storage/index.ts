export { FileStore } from './file-store';
export { StorageModule } from './storage.module';
