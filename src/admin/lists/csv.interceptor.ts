import {
  Injectable,
  StreamableFile,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { stringify } from 'csv-stringify/sync';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { defer, lastValueFrom, type Observable } from 'rxjs';
import { DomainError } from '../../kernel/errors';
import { resourceOf } from '../admin-route';
import { cellOf, columnsOf } from './csv-columns';
import { LIST, type ListDefinition } from './list-definition';

/** As many as a page may have at most. */
const PIECE_ROWS = 1_000;
const CSV = 'text/csv; charset=utf-8';

type Answer = Record<string, unknown>;
type Query = Record<string, unknown>;

/**
 * Gives a list as CSV to who asks by `?format=csv` or `Accept: text/csv`: the endpoint is asked piece by piece, as a client
 * would ask it, while the answer is on its way. A text that a spreadsheet would calculate gets an apostrophe.
 */
@Injectable()
export class CsvInterceptor implements NestInterceptor {
  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { format, ...query } = request.query as Query;
    request.query = query;
    if (!wantsCsv(format, request.headers.accept)) return next.handle();
    const list = this.reflector.get<ListDefinition>(LIST, context.getHandler());
    const ask = (from: Query): Promise<Answer> => {
      request.query = from;
      return lastValueFrom(next.handle() as Observable<Answer>);
    };
    context.switchToHttp().getResponse<FastifyReply>().header('cache-control', 'no-store');
    const name = `${resourceOf(context.getClass()) ?? 'list'}.csv`;
    return defer(() => csvOf(list, query, ask, name));
  }
}

/**
 * All of the list, or as much as a `limit` says. The first piece is asked for before anything is sent, so that a refusal is
 * an answer and no broken file.
 */
async function csvOf(
  { view, shape }: ListDefinition,
  query: Query,
  ask: (query: Query) => Promise<Answer>,
  name: string,
): Promise<StreamableFile> {
  const columns = columnsOf(view);
  const isWhole = query.limit === undefined && shape.isPaged;
  const piece = isWhole ? { ...query, limit: PIECE_ROWS } : query;
  const first = await ask(piece);
  async function* text(): AsyncGenerator<string> {
    yield stringify([columns.map((column) => column.join('.'))]);
    for (let answer: Answer | undefined = first; answer !== undefined;) {
      const rows = answer[shape.rows] as unknown[];
      const cells = rows.map((row) => columns.map((column) => cellOf(row, column)));
      yield stringify(cells, { escape_formulas: true });
      const more: Query | undefined = isWhole ? shape.next(answer) : undefined;
      answer = more && (await ask({ ...piece, ...more }));
    }
  }
  const content = Readable.from(text(), { highWaterMark: 1 });
  return new StreamableFile(content, { type: CSV, disposition: `attachment; filename="${name}"` });
}

/** The address speaks louder than the header; of a header, the first type that is ours. */
function wantsCsv(format: unknown, accept: string | undefined): boolean {
  if (format === 'csv') return true;
  if (format === 'json') return false;
  if (format !== undefined) {
    throw new DomainError('invalid-request', 'Some fields are not valid; `faults` names them.', {
      faults: [{ field: 'format', expected: 'json or csv' }],
    });
  }
  const types = (accept ?? '').split(',').map((type) => type.split(';', 1)[0]?.trim());
  return types.find((type) => type === 'text/csv' || type === 'application/json' || type === '*/*') === 'text/csv';
}
