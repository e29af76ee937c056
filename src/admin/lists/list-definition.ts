import type { Type } from '@nestjs/common';
import type { ListShape } from './list-shapes';

export const LIST = 'admin:list';

export interface ListDefinition {
  /** What a row is shown as. */
  view: Type;
  shape: ListShape;
}
