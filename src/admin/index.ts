export { AdminModule } from './admin.module';
export { serveApiDocs } from './api-docs';
