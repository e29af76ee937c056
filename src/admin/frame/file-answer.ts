import { StreamableFile } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import type { OutgoingFile } from '../../bulk-payment';

/** Says in the OpenAPI document that an endpoint answers with a file of this type. */
export function FileAnswer(type: string): MethodDecorator {
  const content = { [type]: { schema: { type: 'string', format: 'binary' } } };
  return ApiOkResponse({ description: 'The file, streamed', content });
}

export function download(file: OutgoingFile, type: string): StreamableFile {
  return new StreamableFile(file.content, {
    type,
    length: file.byteCount,
    disposition: `attachment; filename="${file.name}"`,
  });
}
