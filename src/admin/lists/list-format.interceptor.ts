import {
  Injectable,
  StreamableFile,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { defer, lastValueFrom, type Observable } from 'rxjs';
import { resourceOf } from '../frame/admin-route';
import { HeavyReads } from '../heavy-reads';
import { columnsOf } from './columns';
import { csvOf } from './csv';
import { MEDIA_TYPES, bomOf, formatOf } from './formats';
import { LIST, type ListDefinition } from './list-definition';
import { xlsxOf } from './xlsx';

/** As many as a page may have at most. */
const PIECE_ROWS = 1_000;
/** Pages that are more than anybody reads on a screen. */
const LARGE_PAGE_ROWS = 200;

type Answer = Record<string, unknown>;
type Query = Record<string, unknown>;

/**
 * Gives a list as CSV or XLSX to who asks by `?format=` or `Accept`: the endpoint is asked piece by piece, as a client would
 * ask it, while the answer is on its way.
 */
@Injectable()
export class ListFormatInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly heavy: HeavyReads,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { format: asked, bom: mark, ...query } = request.query as Query;
    request.query = query;
    const format = formatOf(asked, request.headers.accept);
    const bom = bomOf(mark);
    const reply = context.switchToHttp().getResponse<FastifyReply>().header('vary', 'accept');
    const list = this.reflector.get<ListDefinition>(LIST, context.getHandler());
    const ask = (from: Query): Promise<Answer> =>
      this.heavy.piece(() => {
        request.query = from;
        return lastValueFrom(next.handle() as Observable<Answer>);
      });
    if (format === 'json') {
      const isLarge = !list.shape.isPaged || Number(query.limit) > LARGE_PAGE_ROWS;
      return isLarge ? defer(() => ask(query)) : next.handle();
    }
    this.heavy.begin(request, reply);
    reply.header('cache-control', 'no-store');
    const name = resourceOf(context.getClass()) ?? 'list';
    const columns = columnsOf(list.view);
    return defer(async () => {
      const pieces = await piecesOf(list, query, ask);
      const content =
        format === 'csv' ? Readable.from(csvOf(columns, pieces, { bom })) : await xlsxOf(name, columns, pieces);
      const type = format === 'csv' ? `${MEDIA_TYPES.csv}; charset=utf-8` : MEDIA_TYPES.xlsx;
      return new StreamableFile(content, { type, disposition: `attachment; filename="${name}.${format}"` });
    });
  }
}

/**
 * All of the list, or as much as a `limit` says. The first piece is asked for before anything is sent, so that a refusal is
 * an answer and no broken file.
 */
async function piecesOf(
  { shape }: ListDefinition,
  query: Query,
  ask: (query: Query) => Promise<Answer>,
): Promise<AsyncIterable<readonly unknown[]>> {
  const isWhole = query.limit === undefined && shape.isPaged;
  const piece = isWhole ? { ...query, limit: PIECE_ROWS } : query;
  const first = await ask(piece);
  async function* pieces(): AsyncGenerator<readonly unknown[]> {
    for (let answer: Answer | undefined = first; answer !== undefined;) {
      yield answer[shape.rows] as unknown[];
      const more: Query | undefined = isWhole ? shape.next(answer) : undefined;
      answer = more && (await ask({ ...piece, ...more }));
    }
  }
  return pieces();
}
