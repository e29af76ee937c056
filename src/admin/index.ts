export { ApiKeyRepository, KeySignature, KeySigning, ROLES, SCOPES } from './access';
export { AdminModule } from './admin.module';
export { apiDocumentOf, serveApiDocs } from './frame/api-docs';
