import type { Type } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, ValidateBy } from 'class-validator';
import type { SeoulDate } from '../../kernel/seoul-calendar';
import { IsSeoulDate } from './body-fields';
import { PageQuery } from './page';

/** A stretch of Seoul days, both ends included; either may be left open. */
export interface DaysOfPage extends PageQuery {
  from?: SeoulDate;
  to?: SeoulDate;
}

/** A page of a list whose rows may be of some days only. @param what what was done to them then, such as `Settled` */
export function PageOfDays(what: string): Type<DaysOfPage> {
  class PageOfDaysQuery extends PageQuery {
    @ApiPropertyOptional({ type: String, format: 'date', description: `${what} on this Seoul day or later` })
    @IsOptional()
    @IsSeoulDate()
    from?: SeoulDate;

    @ApiPropertyOptional({ type: String, format: 'date', description: `${what} on this Seoul day or earlier` })
    @IsOptional()
    @IsSeoulDate()
    @IsNotBefore('from')
    to?: SeoulDate;
  }
  return PageOfDaysQuery;
}

/** A day, or a month, that is not before another one of the same query; so written, they sort as text. */
export function IsNotBefore(other: string): PropertyDecorator {
  return ValidateBy({
    name: 'isNotBefore',
    validator: {
      validate: (value, about) => {
        const first = (about?.object as Record<string, unknown>)[other];
        return typeof first !== 'string' || typeof value !== 'string' || first <= value;
      },
      defaultMessage: () => `not before \`${other}\``,
    },
  });
}
