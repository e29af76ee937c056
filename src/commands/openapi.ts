import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiDocumentOf } from '../admin';
import { AppModule } from '../app.module';
import { DEMO_ADMIN_KEY, DEMO_ENCRYPTION_KEY, readConfiguration } from '../config';
import { SystemClock } from '../platform/clock';
import { Lifecycle } from '../platform/health';
import { openRootLogger } from '../platform/logging';
import { Metrics } from '../platform/metrics';
import { runCommand } from './command';
import { withTables } from './doc-tables';

/** Beside the sources; this runs compiled. */
const DOCS = join(__dirname, '../../../docs');

const HELP = `npm run openapi

Writes docs/openapi.json and the tables of docs/admin-api.md from the code. Nothing is started, and no database is needed.
Tests fail while these files say something else than the code.
`;

/** Settings that are complete; nothing is done with them, since a preview makes no instances. */
const SETTINGS = {
  ROLE: 'admin',
  ENCRYPTION_KEYS: `unused:${DEMO_ENCRYPTION_KEY}`,
  ADMIN_BOOTSTRAP_KEY: DEMO_ADMIN_KEY,
  TSTORE_CLIENT_ID: 'unused',
  TSTORE_CLIENT_SECRET: 'unused',
  TSTORE_BID: 'unused',
  TSTORE_MID: 'unused',
};

void runCommand(HELP, async (print) => {
  const configuration = readConfiguration(SETTINGS);
  const { logger } = openRootLogger({ ...configuration.logging, level: 'silent' });
  const module = AppModule.forRoot({
    configuration,
    databaseUrl: 'postgres://unused',
    clock: new SystemClock(),
    logger,
    metrics: new Metrics(),
    lifecycle: new Lifecycle(),
  });
  const options = { preview: true, logger: false, abortOnError: false } as const;
  const app = await NestFactory.create(module, new FastifyAdapter(), options);
  writeFileSync(join(DOCS, 'openapi.json'), `${JSON.stringify(apiDocumentOf(app), null, 2)}\n`);
  const guide = join(DOCS, 'admin-api.md');
  writeFileSync(guide, withTables(readFileSync(guide, 'utf8')));
  print('Wrote docs/openapi.json and the tables of docs/admin-api.md');
});
