type Headers = Readonly<Record<string, string>>;

export interface SecurityHeaders {
  /** For answers that are read by programs. */
  answers: Headers;
  /** For the page of the API, which brings its own scripts and styles. */
  page: Headers;
}

const YEAR_SECONDS = 31_536_000;

/**
 * What tells a browser to do nothing with our answers that they are not meant for. No header of CORS: no page of another
 * origin may read them.
 *
 * @param isHttps whether the service is reached over HTTPS, by itself or through a proxy
 */
export function securityHeaders(isHttps: boolean): SecurityHeaders {
  const common: Headers = {
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    ...(isHttps && { 'strict-transport-security': `max-age=${YEAR_SECONDS}; includeSubDomains` }),
  };
  const page = `default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:`;
  return {
    answers: { ...common, 'content-security-policy': `default-src 'none'; frame-ancestors 'none'` },
    page: {
      ...common,
      'content-security-policy': `${page}; frame-ancestors 'none'; base-uri 'none'; form-action 'self'`,
    },
  };
}

/** What the admin API answers is of customers and money: no cache between it and its reader keeps it. */
export function headersFor(url: string, { answers, page }: SecurityHeaders): Headers {
  if (url.startsWith('/docs')) return page;
  return url.startsWith('/admin/') ? { 'cache-control': 'no-store', ...answers } : answers;
}
