export { AccessGuard } from './access.guard';
export { ApiKeyRepository, type ApiKey } from './api-key.repository';
export { ApiKeys } from './api-keys.service';
export { Authentication } from './authentication.service';
export { Actor, CurrentCaller, callerOf, type Caller } from './caller';
export { RateLimits } from './rate-limits';
export { ALL_SCOPES, ROLES, SCOPES, isChanging, scopesOf, type Role, type Scope as ScopeName } from './roles';
export { ScopeCheck } from './scope-check';
export { SCOPE, Scope } from './scope.decorator';
