import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { IsId } from './body-fields';

const MAX_PAGE = 1_000;
const PAGE_MESSAGE = `a whole number from 1 to ${MAX_PAGE}`;

const toNumber = ({ value }: { value: unknown }): unknown => (/^\d{1,9}$/.test(String(value)) ? Number(value) : value);

export class PageQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MAX_PAGE, default: 50 })
  @Transform(toNumber)
  @IsInt({ message: PAGE_MESSAGE })
  @Min(1, { message: PAGE_MESSAGE })
  @Max(MAX_PAGE, { message: PAGE_MESSAGE })
  limit: number = 50;

  /** `nextCursor` of the page before. */
  @ApiPropertyOptional({ description: 'nextCursor of the page before' })
  @IsOptional()
  @IsId('nextCursor of the page before')
  cursor?: string;
}

/** A page of a list; `nextCursor` is `null` at its end. */
export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

/** @param cursorOf what the page after an item begins behind */
export function pageOf<Item>(items: Item[], limit: number, cursorOf: (last: Item) => string): Page<Item> {
  const last = items.at(-1);
  return { items, nextCursor: last !== undefined && items.length === limit ? cursorOf(last) : null };
}
