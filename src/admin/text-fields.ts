import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { ValidateBy } from 'class-validator';
import { faultOfText, normalizeText, type TextClass } from '../kernel/text';

/** A name that tells things apart: normalised, so that one name has one spelling; else refused, naming the character. */
export const IsIdentifier = (maxLength: number): PropertyDecorator => isText('identifier', maxLength);

/** One line for people. */
export const IsLine = (maxLength: number): PropertyDecorator => isText('line', maxLength);

/** What a person writes to others, such as a reason: not blank, as it may be all that is ever known of why. */
export const IsWords = (maxLength: number): PropertyDecorator => isText('words', maxLength);

function isText(kind: TextClass, maxLength: number): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => normalized(value)),
    ValidateBy({
      name: kind,
      validator: {
        validate: (value) => typeof value === 'string' && faultOfText(value, kind, maxLength) === undefined,
        defaultMessage: (field) =>
          (typeof field?.value === 'string' ? faultOfText(field.value, kind, maxLength) : undefined) ?? 'text',
      },
    }),
  );
}

function normalized(value: unknown): unknown {
  return typeof value === 'string' ? normalizeText(value) : value;
}
