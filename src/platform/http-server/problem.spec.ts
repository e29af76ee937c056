import { BadRequestException, ForbiddenException, NotFoundException, PayloadTooLargeException } from '@nestjs/common';
import { ERROR_CODES, type ErrorCode } from '../../kernel/error-codes';
import { DomainError } from '../../kernel/errors';
import { asDomainError, problemOf } from './problem';

const statusOf = (error: unknown) => problemOf(asDomainError(error), 'r1').status;

describe('problem+json', () => {
  it('has the members of RFC 9457, ours, and those of the details', () => {
    const error = new DomainError('duplicate-request-file', 'Uploaded before as job 7.', { jobId: '7' });
    expect(problemOf(error, 'r1')).toEqual({
      type: 'urn:merchant-billing:problem:duplicate-request-file',
      title: 'A file with this content was uploaded before',
      status: 409,
      detail: 'Uploaded before as job 7.',
      code: 'duplicate-request-file',
      retryable: false,
      requestId: 'r1',
      jobId: '7',
    });
  });

  it('does not let details take the place of its own members', () => {
    const error = new DomainError('state-conflict', 'No.', { status: 200, code: 'x', requestId: 'x' });
    expect(problemOf(error, 'r1')).toMatchObject({ status: 409, code: 'state-conflict', requestId: 'r1' });
  });

  it.each(Object.keys(ERROR_CODES) as ErrorCode[])('gives %s an error status', (code) => {
    expect(statusOf(new DomainError(code, 'x'))).toBeGreaterThanOrEqual(400);
  });

  it('puts the framework’s errors into our codes', () => {
    expect(asDomainError(new BadRequestException('no number')).code).toBe('invalid-request');
    expect(asDomainError(new ForbiddenException()).code).toBe('invalid-request');
    expect(asDomainError(new PayloadTooLargeException()).code).toBe('payload-too-large');
    const notFound = asDomainError(new NotFoundException('Cannot GET /noti_listener/secret'));
    expect(notFound.code).toBe('route-not-found');
    expect(notFound.message).not.toContain('secret');
  });

  it('says 503 when the database is away', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 10.0.0.5:5432'), { code: 'ECONNREFUSED' });
    const problem = problemOf(asDomainError(refused), 'r1');
    expect(problem).toMatchObject({ status: 503, code: 'database-unavailable', retryable: true });
    expect(JSON.stringify(problem)).not.toContain('10.0.0.5');
  });

  it.each([
    ['53100', 'database-not-writable'],
    ['53200', 'database-not-writable'],
    ['53300', 'database-unavailable'],
    ['25006', 'database-not-writable'],
    ['58030', 'database-not-writable'],
    ['57P01', 'database-unavailable'],
    ['57P03', 'database-unavailable'],
    ['08006', 'database-unavailable'],
    ['57014', 'database-too-slow'],
    ['40P01', 'transaction-conflict'],
    ['ECONNRESET', 'database-unavailable'],
  ])('says 503, to be tried again, when the database says %s', (code, expected) => {
    const problem = problemOf(asDomainError(Object.assign(new Error('no'), { code })), 'r1');
    expect(problem).toMatchObject({ status: 503, code: expected, retryable: true });
  });

  it.each(['ENOSPC', 'EISDIR', 'EPROTO'])('takes %s for no fault of the database', (code) => {
    expect(asDomainError(Object.assign(new Error('no'), { code })).code).toBe('internal-error');
  });

  it.each([
    'Connection terminated unexpectedly',
    'Client has encountered a connection error and is not queryable',
    'Query runner already released. Cannot run queries anymore.',
  ])('knows a lost connection by the driver’s words: %s', (message) => {
    expect(asDomainError(new Error(message)).code).toBe('database-unavailable');
  });

  it.each([new TypeError('x of undefined in /srv/app'), 'thrown text', undefined, { statusCode: 400, secret: 1 }])(
    'tells nothing of the inside about what was not foreseen: %p',
    (thrown) => {
      const problem = problemOf(asDomainError(thrown), 'r1');
      expect(problem).toEqual({
        type: 'urn:merchant-billing:problem:internal-error',
        title: 'Something failed on our side',
        status: 500,
        detail: 'The log has the details, under the request id.',
        code: 'internal-error',
        retryable: false,
        requestId: 'r1',
      });
    },
  );
});
