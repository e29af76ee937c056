import { ApiOkResponse } from '@nestjs/swagger';

/** Says in the OpenAPI document that an endpoint answers with a file of this type. */
export function FileAnswer(type: string): MethodDecorator {
  const content = { [type]: { schema: { type: 'string', format: 'binary' } } };
  return ApiOkResponse({ description: 'The file, streamed', content });
}
