import { createHash } from 'node:crypto';

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; margin: 0; background: #f2f4f6; color: #191f28; }
main { max-width: 26rem; margin: 2rem auto; padding: 1.5rem; background: #fff; border-radius: 12px; }
h1 { font-size: 1.2rem; margin: 0 0 .2rem; } h2 { font-size: .95rem; margin: 1.2rem 0 .4rem; } p { margin: .3rem 0; }
.amount { font-size: 1.5rem; font-weight: 700; } .small { color: #6b7684; font-size: .85rem; overflow-wrap: anywhere; }
form { display: flex; gap: .5rem; margin: .4rem 0; flex-wrap: wrap; } select, input { flex: 1; min-width: 0; padding: .5rem; font: inherit; }
button { padding: .55rem .9rem; border: 0; border-radius: 8px; background: #e5e8eb; font: inherit; cursor: pointer; }
button.go { background: #3182f6; color: #fff; width: 100%; }
`;

/** Names and amounts come from strangers. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Options of a choice: value and label. */
export function optionsOf(pairs: readonly (readonly [string, string])[]): string {
  return pairs.map(([value, text]) => `<option value="${escaped(value)}">${escaped(text)}</option>`).join('');
}

/** A page that a gateway shows to a customer, in Korean and English. */
export function customerPage(body: string): string {
  return `<!doctype html><html lang="ko"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>결제 · Payment</title><style>${STYLE}</style></head><body><main>${body}
<p class="small">모의 결제창: 돈이 움직이지 않습니다 · Simulated: no money moves</p></main></body></html>`;
}

/** Only the given script runs. Forms may lead anywhere: the return is the merchant's address. Any page may frame it. */
export function pageHeaders(script = ''): Record<string, string> {
  return {
    'Content-Type': 'text/html;charset=UTF-8',
    'Content-Security-Policy': [
      "default-src 'none'",
      ...(script === '' ? [] : [`script-src '${hashOf(script)}'`]),
      `style-src '${hashOf(STYLE)}'`,
      "base-uri 'none'",
    ].join('; '),
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store',
  };
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`;
}
