import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsOptional, Matches, ValidateBy, ValidateIf } from 'class-validator';
import { STATED_DAY, parseSeoulDate, parseStatedDate } from '../../kernel/seoul-calendar';
import { MAX_CHARGE_WON, isWon, wonInWords, type Won } from '../../kernel/won';
import type { Price } from '../../product';

/** A calendar day as `YYYY-MM-DD`; the 30th of February is none. */
export function IsSeoulDate(): PropertyDecorator {
  return ValidateBy({
    name: 'isSeoulDate',
    validator: {
      validate: (value) => typeof value === 'string' && parseStatedDate(value) !== undefined,
      defaultMessage: () => STATED_DAY,
    },
  });
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

/** The sign of an offset in an address that nobody has escaped as `%2B`: it arrives as a blank, which means nothing else. */
const UNESCAPED_PLUS = / (?=\d\d:\d\d$)/;

/** An instant as ISO 8601 with its offset; a local time without one could be any. */
export function IsInstant(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' ? value.replace(UNESCAPED_PLUS, '+') : value,
    ),
    ValidateBy({
      name: 'isInstant',
      validator: {
        validate: (value) => typeof value === 'string' && isInstant(value),
        defaultMessage: () => 'an instant with its offset such as 2026-11-01T00:00:00Z or 2026-11-01T09:00:00+09:00',
      },
    }),
  );
}

function isInstant(text: string): boolean {
  const isDay = parseSeoulDate(text.slice(0, 10)) !== undefined;
  return INSTANT.test(text) && isDay && !Number.isNaN(Date.parse(text));
}

/** The field may be missing, and nothing else: `null` is refused where it has no meaning. */
export function MayBeMissing(): PropertyDecorator {
  return ValidateIf((_body, value) => value !== undefined);
}

/** The text may be empty, where that means something. */
export function MayBeEmpty(): PropertyDecorator {
  return ValidateIf((_body, value) => value !== '');
}

/** `true` and `false` of a query; anything else stays and is refused. */
export const toBoolean = ({ value }: { value: unknown }): unknown =>
  value === 'true' ? true : value === 'false' ? false : value;

/** Ids are decimal digits in text, as all 64-bit numbers are here; the same goes for the cursor of a list. */
export function IsId(what: string): PropertyDecorator {
  return Matches(/^[1-9]\d{0,17}$/, { message: `${what}: decimal digits` });
}

/** The id in an address. */
export class IdParameter {
  @ApiProperty({ example: '42' })
  @IsId('an id')
  id!: string;
}

/** Whole won, 0 or more, and no more than one charge may ask for. */
function IsWonAmount(): PropertyDecorator {
  const isAmount = (value: unknown): boolean => isWon(value) && value <= MAX_CHARGE_WON;
  const defaultMessage = (): string => `whole won, 0 to ${wonInWords(MAX_CHARGE_WON)}`;
  return ValidateBy({ name: 'isWon', validator: { validate: isAmount, defaultMessage } });
}

const AMOUNT = { type: 'integer', minimum: 0, maximum: MAX_CHARGE_WON } as const;

const OF_TSTORE = { ...AMOUNT, nullable: true } as const;

/** An amount, and which part of it is collected by whom where T store collects it; what it must have is checked further in. */
export class PriceBody implements Price {
  @ApiProperty({ ...AMOUNT, example: 5500, description: 'Won; the sum of the three parts, where T store collects it' })
  @IsWonAmount()
  amount!: Won;

  @ApiPropertyOptional({ ...OF_TSTORE, example: 5500, description: 'Won collected with the phone bill; T store’s' })
  @IsOptional()
  @IsWonAmount()
  carrierAmount: Won | null = null;

  @ApiPropertyOptional({ ...OF_TSTORE, example: 0, description: 'Won charged to the credit card; T store’s' })
  @IsOptional()
  @IsWonAmount()
  creditCardAmount: Won | null = null;

  @ApiPropertyOptional({ ...OF_TSTORE, example: 0, description: 'Won taken from the T membership; T store’s' })
  @IsOptional()
  @IsWonAmount()
  tmembershipAmount: Won | null = null;
}

/** A price as it is shown: T store's parts are of what T store collects. */
export class PriceView {
  @ApiProperty({ ...AMOUNT, example: 5500, description: 'Won' }) amount!: Won;
  @ApiProperty({ ...AMOUNT, nullable: true, description: 'Won collected with the phone bill; null: not by T store' })
  carrierAmount!: Won | null;
  @ApiProperty({ ...AMOUNT, nullable: true, description: 'Won charged to the credit card; null: not by T store' })
  creditCardAmount!: Won | null;
  @ApiProperty({ ...AMOUNT, nullable: true, description: 'Won taken from the T membership; null: not by T store' })
  tmembershipAmount!: Won | null;
}
