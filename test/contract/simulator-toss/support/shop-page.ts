import { readFileSync } from 'node:fs';

/** The little of jsdom that is needed: its own types would make every test believe that it runs in a browser. */
interface Dom {
  window: {
    eval(code: string): void;
    addEventListener(type: 'error', told: (event: { error: Error }) => void): void;
    HTMLFormElement: { prototype: { submit: (this: Form) => void } };
    document: { querySelectorAll(selector: string): ArrayLike<{ src: string }> };
  };
}

interface Form {
  action: string;
  target: string;
  querySelector(selector: 'input'): { name: string; value: string } | null;
}

// eslint-disable-next-line @typescript-eslint/no-require-imports
const { JSDOM } = require('jsdom') as { JSDOM: new (html: string, options: object) => Dom };

const LOADER = readFileSync(require.resolve('@tosspayments/tosspayments-sdk'), 'utf8');

export interface ShopPage {
  /** What the page's script has the browser send; rejects with what the script failed with. */
  submitted: Promise<{ action: string; target: string; request: string }>;
  /** Addresses of the scripts it loaded. */
  scripts(): string[];
}

/** A page of a shop with Toss's own loader in it, unmodified, as `loader`; `run` is the shop's own code. */
export function shopPage(run: string): ShopPage {
  const { window } = new JSDOM('<!doctype html><body></body>', {
    url: 'https://shop.example/order',
    runScripts: 'dangerously',
    resources: 'usable',
  });
  const submitted = new Promise<{ action: string; target: string; request: string }>((resolve, reject) => {
    window.addEventListener('error', ({ error }) => reject(error));
    // The form is all that matters of a browser's navigation.
    window.HTMLFormElement.prototype.submit = function () {
      resolve({ action: this.action, target: this.target, request: this.querySelector('input')?.value ?? '' });
    };
  });
  window.eval(`
    const loader = (function () { const exports = {}; ${LOADER}; return exports; })();
    (async () => { ${run} })().catch((error) => { window.dispatchEvent(new ErrorEvent('error', { error })); });
  `);
  return {
    submitted,
    scripts: () => Array.from(window.document.querySelectorAll('script[src]'), ({ src }) => src),
  };
}
