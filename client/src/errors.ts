/** What the service could not take of a request: which field, or which line of a file, and what was expected there. */
export interface Fault {
  field?: string;
  line?: number;
  expected: string;
}

/** The service answered, and refused: problem+json (RFC 9457) as an error. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';

  constructor(
    /** HTTP status. */
    readonly status: number,
    /** Stable code, listed in docs/admin-api.md. */
    readonly code: string,
    /** What happened, for people. */
    readonly detail: string,
    readonly faults: readonly Fault[],
    /** The request's id, which the service's log shows too. */
    readonly requestId: string | null,
  ) {
    super(`${detail} (${code})`);
  }
}

/** No answer came: whether the service did what it was asked is not known. The same call with the same key tells. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
  readonly idempotencyKey: string | null;

  constructor(request: Request, cause: unknown) {
    const { host } = new URL(request.url);
    const why = cause instanceof Error ? (cause.cause instanceof Error ? cause.cause.message : cause.message) : '';
    super(`${host} did not answer: ${why}`, { cause });
    this.idempotencyKey = request.headers.get('idempotency-key');
  }
}

interface ProblemBody {
  code?: unknown;
  detail?: unknown;
  title?: unknown;
  faults?: unknown;
}

/** What stands as the code of an answer that the service has not given. */
export const NOT_OF_THE_SERVICE = 'unknown';

/** Whatever stands before the service, or in its place, may answer: its words are its own, and no codes of ours. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const text = await response.text();
  const isOurs = response.headers.get('content-type')?.startsWith('application/problem+json') === true;
  const body = isOurs ? bodyOf(text) : {};
  return new ApiProblem(
    response.status,
    textOf(body.code) ?? NOT_OF_THE_SERVICE,
    textOf(body.detail) ?? textOf(body.title) ?? `HTTP ${response.status} ${response.statusText}`.trim(),
    Array.isArray(body.faults) ? (body.faults as Fault[]) : [],
    response.headers.get('x-request-id'),
  );
}

function bodyOf(text: string): ProblemBody {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? body : {};
  } catch {
    return {};
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
