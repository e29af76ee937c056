export { clientAddress, isPrivateAddress, plainAddress, senderOf } from './client-address';
export { FINISH_MS, drain, type DrainTimes } from './drain';
export { createHttpAdapter } from './http-adapter';
export { HTTP_LIMITS, type HttpLimits } from './http-limits';
export { serveManagement, type ManagementServer } from './management';
export { asDomainError, problemOf, type Problem } from './problem';
export { ProblemFilter } from './problem.filter';
export { nameInLog } from './request-log';
export { createReadingPipe, createValidationPipe, refusedFields } from './validation';
