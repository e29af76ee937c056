import { SetMetadata, UseInterceptors, applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiQuery, getSchemaPath } from '@nestjs/swagger';
import { FORMATS, MEDIA_TYPES } from './formats';
import { LIST } from './list-definition';
import { ListFormatInterceptor } from './list-format.interceptor';
import { PAGES, type ListShape } from './list-shapes';

/**
 * An endpoint that answers a list: says in the OpenAPI document what its rows are, and gives it as CSV and XLSX too, its
 * columns being the properties of the view.
 */
export function ListOf(view: Type, shape: ListShape = PAGES): MethodDecorator {
  const rows = { type: 'array', items: { $ref: getSchemaPath(view) }, description: 'A row each' };
  const properties = { [shape.rows]: rows, ...shape.others };
  const schema = { type: 'object', required: Object.keys(properties), properties };
  const format = 'csv, xlsx: all rows; also by Accept';
  const bom = 'false: CSV without the byte order mark that spreadsheets need';
  return applyDecorators(
    SetMetadata(LIST, { view, shape }),
    UseInterceptors(ListFormatInterceptor),
    ApiExtraModels(view),
    ApiQuery({ name: 'format', enum: FORMATS, required: false, description: format }),
    ApiQuery({
      name: 'bom',
      type: Boolean,
      required: false,
      schema: { type: 'boolean', default: true },
      description: bom,
    }),
    ApiOkResponse({
      description: 'A piece of the list; as CSV or XLSX all of it, or as many rows as limit says',
      content: {
        [MEDIA_TYPES.json]: { schema },
        [MEDIA_TYPES.csv]: { schema: { type: 'string' } },
        [MEDIA_TYPES.xlsx]: { schema: { type: 'string', format: 'binary' } },
      },
    }),
  );
}
