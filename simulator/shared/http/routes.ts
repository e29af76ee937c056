export type Method = 'GET' | 'POST' | 'DELETE';

/** A call by its method and path. */
export interface RouteOf<Call extends string, Handler> {
  call: Call;
  method: Method;
  /** Parts of the path; `*` stands for any one. */
  path: string;
  handle: Handler;
}

export interface MatchOf<Route> {
  route: Route;
  /** The parts that vary, decoded. */
  parameters: string[];
}

/** Literal parts come before `*`; parts may come raw or percent-encoded. */
export function matchRoute<Route extends { method: Method; path: string }>(
  routes: readonly Route[],
  method: string,
  path: string,
): MatchOf<Route> | 'no such path' | 'no such method' {
  const parts = decodedParts(path);
  if (parts === null) return 'no such path';
  const fitting = routes.flatMap((route) => {
    const pattern = route.path.split('/');
    const fits = pattern.length === parts.length && pattern.every((part, at) => part === '*' || part === parts[at]);
    return fits ? [{ route, parameters: parts.filter((_, at) => pattern[at] === '*') }] : [];
  });
  if (fitting.length === 0) return 'no such path';
  const matches = fitting.filter(({ route }) => route.method === method);
  const [best] = matches.sort((one, other) => one.parameters.length - other.parameters.length);
  return best ?? 'no such method';
}

function decodedParts(path: string): string[] | null {
  try {
    return path.split('/').map(decodeURIComponent);
  } catch {
    return null;
  }
}
