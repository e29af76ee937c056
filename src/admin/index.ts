export { AdminModule } from './admin.module';
export { apiDocumentOf, serveApiDocs } from './api-docs';
