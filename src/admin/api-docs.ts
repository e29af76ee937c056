import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { operationIdOf } from './admin-route';

/** Serves the OpenAPI document and its page at `/docs`; the document as JSON at `/docs-json`. */
export function serveApiDocs(app: INestApplication): void {
  const description = new DocumentBuilder()
    .setTitle('Merchant billing: admin API')
    .setDescription('Errors are problem+json (RFC 9457); `code` is stable, `detail` is for people.')
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'The API key.' })
    .build();
  SwaggerModule.setup('docs', app, () =>
    SwaggerModule.createDocument(app, description, { operationIdFactory: operationIdOf }),
  );
}
