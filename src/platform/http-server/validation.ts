import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { DomainError, type InputFault } from '../../kernel/errors';

/** Checks what controllers take in; every faulty field is named at once, unknown ones among them, and no value shown. */
export function createValidationPipe(): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) =>
      new DomainError('invalid-request', 'Some fields are not valid; `faults` names them.', {
        faults: errors.flatMap((error) => faultsOf(error, '')),
      }),
  });
}

function faultsOf(error: ValidationError, path: string): InputFault[] {
  const field = path === '' ? error.property : `${path}.${error.property}`;
  const own = Object.values(error.constraints ?? {}).map((expected) => ({ field, expected }));
  return [...own, ...(error.children ?? []).flatMap((child) => faultsOf(child, field))];
}
