import { Injectable, ValidationPipe, type ArgumentMetadata, type ValidationError } from '@nestjs/common';
import { getMetadataStorage } from 'class-validator';
import { Readable } from 'node:stream';
import { DomainError, type InputFault } from '../../kernel/errors';
import { isSlip } from '../../kernel/slips';

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
  // The object itself stays here: its class says which fields there are.
  validationError: { target: true, value: false },
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
    if (metadata.type === 'body' && isNoObject(value)) throw noObject();
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

/** Of bodies in JSON; one that is empty has nothing to be wrong in it. */
function isNoObject(value: unknown): boolean {
  return value === null || Array.isArray(value) || ['string', 'number', 'boolean'].includes(typeof value);
}

function noObject(): DomainError {
  const faults = [{ expected: 'an object, such as {"name": "value"}' }];
  return new DomainError('invalid-request', 'The body is no JSON object.', { faults });
}

/** What is read, and is not what was asked for. */
export function refusedFields(faults: InputFault[]): DomainError {
  const names = [...new Set(faults.flatMap(({ field }) => (field === undefined || field === '' ? [] : [field])))];
  const shown = names.slice(0, NAMED).map((name) => (name.length > LONGEST ? `${name.slice(0, LONGEST)}…` : name));
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  const message = names.length === 0 ? 'The request is not valid.' : `Not valid: ${shown.join(', ')}${more}.`;
  return new DomainError('invalid-request', message, { faults });
}

/** So many fields are named in a sentence, and so much of each; `faults` has them all. */
const NAMED = 5;
const LONGEST = 60;

/** What is expected of a field that is none; one of a name like it may be meant. */
export function noSuchField(name: string, known: readonly string[] = []): string {
  const meant = known.find((one) => one.toLowerCase() === name.toLowerCase()) ?? known.find((one) => isSlip(name, one));
  return meant === undefined ? 'no such field' : `no such field; there is ${meant}`;
}

function faultsOf(error: ValidationError, path: string): InputFault[] {
  const field = path === '' ? error.property : `${path}.${error.property}`;
  const said = Object.entries(error.constraints ?? {}).map(([rule, text]) =>
    rule === 'whitelistValidation' ? noSuchField(error.property, fieldsOf(error.target)) : text,
  );
  // Several rules of a field may say the same of it.
  const own = [...new Set(said)].map((expected) => ({ field, expected }));
  return [...own, ...(error.children ?? []).flatMap((child) => faultsOf(child, field))];
}

function fieldsOf(target: object | undefined): string[] {
  // Not its own `constructor`: a query may have brought that.
  const prototype = target && (Object.getPrototypeOf(target) as object | null);
  if (!prototype) return [];
  const rules = getMetadataStorage().getTargetValidationMetadatas(prototype.constructor, '', false, false);
  return [...new Set(rules.map(({ propertyName }) => propertyName))];
}
