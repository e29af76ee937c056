import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsEmail, IsUrl, Matches, ValidateBy } from 'class-validator';
import { MAX_GATEWAY_ID_LENGTH, MAX_ORDER_NO_LENGTH } from '../../gateways';
import { faultOfText, normalizeText, type TextClass } from '../../kernel/text';

/** Room for a sentence or three; longer stories belong where the case is worked on. */
export const MAX_REASON_LENGTH = 500;
/** What the shop calls a refund or a batch: room for any scheme, short enough for an index entry. */
export const MAX_REFERENCE_LENGTH = 100;
const MAX_URL_LENGTH = 2_000;
const MAX_EMAIL_LENGTH = 100;

/** An id that T store gives, to a job or a payment. */
export const GATEWAY_ID = new RegExp(`^(?!\\.{1,2}$)[!-~]{1,${MAX_GATEWAY_ID_LENGTH}}$`);

/** {@link GATEWAY_ID}; compared byte by byte, so nothing of it is normalised. */
export const IsGatewayId = (): PropertyDecorator =>
  Matches(GATEWAY_ID, { message: `1 to ${MAX_GATEWAY_ID_LENGTH} printable characters without spaces` });

/** The id of a gateway account: short, and for ever the same. */
export const IsAccountId = (): PropertyDecorator =>
  Matches(/^[a-z][a-z0-9-]{0,39}$/, { message: '1 to 40 characters of a-z 0-9 -, the first a letter' });

/** An order number, as request files may have it. */
export const IsOrderNo = (): PropertyDecorator =>
  applyDecorators(
    Transform(({ value }: { value: unknown }) => normalized(value)),
    Matches(new RegExp(`^(?!\\.+$)[A-Za-z0-9._-]{1,${MAX_ORDER_NO_LENGTH}}$`), {
      message: `an order number: 1 to ${MAX_ORDER_NO_LENGTH} characters of A-Z a-z 0-9 . _ -`,
    }),
  );

/** A name that tells things apart: normalised, so that one name has one spelling; else refused, naming the character. */
export const IsIdentifier = (maxLength: number): PropertyDecorator => isText('identifier', maxLength);

/** One line for people. */
export const IsLine = (maxLength: number): PropertyDecorator => isText('line', maxLength);

/** What a person writes to others, such as a reason: not blank, as it may be all that is ever known of why. */
export const IsWords = (maxLength: number): PropertyDecorator => isText('words', maxLength);

/** Where a customer's browser is led back to. */
export const IsWebAddress = (): PropertyDecorator =>
  applyDecorators(
    IsLine(MAX_URL_LENGTH),
    IsUrl(
      { protocols: ['https', 'http'], require_protocol: true, require_tld: false },
      { message: 'an absolute address' },
    ),
  );

/** An e-mail address, by the rules of texts too: what nobody sees would be another one. */
export const IsEmailAddress = (): PropertyDecorator =>
  applyDecorators(IsLine(MAX_EMAIL_LENGTH), IsEmail({}, { message: 'an e-mail address' }));

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
