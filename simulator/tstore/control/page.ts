import { createHash } from 'node:crypto';
import { PAGE_SCRIPT } from './page-script';

const PAGE_STYLE = `
body { font: 14px/1.4 system-ui, sans-serif; margin: 1.5rem; color: #1c1c1c; background: #fafafa; }
h1 { font-size: 1.3rem; } h2 { font-size: 1rem; margin: 1.5rem 0 .4rem; }
table { border-collapse: collapse; background: #fff; } th, td { border: 1px solid #ddd; padding: .2rem .5rem; text-align: left; }
th { background: #f0f0f0; font-weight: 600; } td { max-width: 40rem; overflow-wrap: break-word; }
button { margin: 0 .3rem .3rem 0; white-space: nowrap; } input[type=number], input[type=text] { width: 7rem; } label { margin-right: .6rem; }
#message { color: #a00; min-height: 1.4em; }
`;

/** The simulator at a glance: one page without a single foreign asset; it only speaks to the control API. */
export const PAGE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>T store simulator</title><style>${PAGE_STYLE}</style></head>
<body>
<h1>T store simulator</h1>
<p id="message"></p>
<p>Clock: <span id="now"></span></p>
<p id="moves"></p>
<p id="acts"></p>
<h2>Book</h2><table id="book"></table>
<h2>Jobs</h2><table id="jobs"></table>
<h2>Notifications</h2><table id="notifications"></table>
<h2>Armed faults</h2><table id="armed"></table>
<h2>Arm a fault</h2>
<p>Once, unless stated:
<label>times <input id="times" type="number" min="1"></label>
<label>share of calls <input id="share" type="number" min="0" max="1" step="any"></label>
<label>only job <input id="jobId" type="text"></label></p>
<table id="kinds"></table>
<h2>Latest calls</h2><table id="calls"></table>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;

/** Only this very script and style may run, so nothing that a stranger sends can. */
export const PAGE_HEADERS = {
  'Content-Type': 'text/html;charset=UTF-8',
  'Content-Security-Policy': [
    "default-src 'none'",
    `script-src '${hashOf(PAGE_SCRIPT)}'`,
    `style-src '${hashOf(PAGE_STYLE)}'`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
};

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`;
}
