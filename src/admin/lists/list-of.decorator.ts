import { SetMetadata, UseInterceptors, applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiQuery, getSchemaPath } from '@nestjs/swagger';
import { CsvInterceptor } from './csv.interceptor';
import { LIST } from './list-definition';
import { PAGES, type ListShape } from './list-shapes';

/**
 * An endpoint that answers a list: says in the OpenAPI document what its rows are, and gives it as CSV too, its columns being
 * the properties of the view.
 */
export function ListOf(view: Type, shape: ListShape = PAGES): MethodDecorator {
  const rows = { type: 'array', items: { $ref: getSchemaPath(view) } };
  const properties = { [shape.rows]: rows, ...shape.others };
  const schema = { type: 'object', required: Object.keys(properties), properties };
  return applyDecorators(
    SetMetadata(LIST, { view, shape }),
    UseInterceptors(CsvInterceptor),
    ApiExtraModels(view),
    ApiQuery({ name: 'format', enum: ['json', 'csv'], required: false, description: 'csv: all rows; also by Accept' }),
    ApiOkResponse({
      description: 'A piece of the list; as CSV all of it, or as many rows as limit says',
      content: { 'application/json': { schema }, 'text/csv': { schema: { type: 'string' } } },
    }),
  );
}
