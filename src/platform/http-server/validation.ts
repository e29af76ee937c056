import { Injectable, ValidationPipe, type ArgumentMetadata, type ValidationError } from '@nestjs/common';
import { Readable } from 'node:stream';
import { DomainError, type InputFault } from '../../kernel/errors';

/** Checks what controllers take in; every faulty field is named at once, unknown ones among them, and no value shown. */
export function createValidationPipe(): ValidationPipe {
  return new InputPipe({ ...OPTIONS, forbidNonWhitelisted: true });
}

/** The same of what somebody else's program has written, which may say more than we ask: that is left out. */
export function createReadingPipe(): ValidationPipe {
  return new InputPipe(OPTIONS);
}

const OPTIONS = {
  transform: true,
  whitelist: true,
  validationError: { target: false, value: false },
  exceptionFactory: (errors: ValidationError[]) => refusedFields(errors.flatMap((error) => faultsOf(error, ''))),
};

/** NUL, and half a character: PostgreSQL keeps neither, so no text with one gets further than here. */
const UNSTORABLE = /[\0\p{Cs}]/u;

@Injectable()
class InputPipe extends ValidationPipe {
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    // Looking for fields in a stream would walk into its socket, and end the process.
    if (value instanceof Readable) {
      throw new DomainError('unsupported-content-type', 'Send JSON, with Content-Type: application/json.');
    }
    // What a decorator of ours has made of the request is no input.
    if (metadata.type === 'custom') return value;
    const faults = unstorable(value, typeof metadata.data === 'string' ? metadata.data : '');
    if (faults.length > 0) throw refusedFields(faults);
    return super.transform(value, metadata);
  }
}

/** @param value a body, a query or parameters: of whatever prototype, and no deeper than a body may be */
function unstorable(value: unknown, path: string): InputFault[] {
  if (typeof value === 'string') {
    return UNSTORABLE.test(value)
      ? [{ field: path, expected: 'whole characters and no NUL: half of one has no UTF-8' }]
      : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => unstorable(member, path === '' ? name : `${path}.${name}`));
}

/** What is read, and is not what was asked for. */
export function refusedFields(faults: InputFault[]): DomainError {
  return new DomainError('invalid-request', 'Some fields are not valid; `faults` names them.', { faults });
}

function faultsOf(error: ValidationError, path: string): InputFault[] {
  const field = path === '' ? error.property : `${path}.${error.property}`;
  // Several rules of a field may say the same of it.
  const own = [...new Set(Object.values(error.constraints ?? {}))].map((expected) => ({ field, expected }));
  return [...own, ...(error.children ?? []).flatMap((child) => faultsOf(child, field))];
}
