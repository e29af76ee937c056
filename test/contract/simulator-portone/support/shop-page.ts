/** The little of jsdom that is needed: its own types would make every test believe that it runs in a browser. */
interface Dom {
  window: {
    eval(code: string): unknown;
    document: { querySelector(selector: string): Element | null };
    HTMLFormElement: { prototype: { submit: (this: Form) => void } };
  };
}

interface Element {
  contentWindow: object;
}

interface Form {
  action: string;
  target: string;
  querySelector(selector: 'input'): { value: string } | null;
}

// eslint-disable-next-line @typescript-eslint/no-require-imports
const { JSDOM } = require('jsdom') as {
  JSDOM: (new (html: string, options: object) => Dom) & { prototype: object };
};

const PHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148';
const PC = 'Mozilla/5.0 (X11; Linux x64)';

export interface Submitted {
  action: string;
  target: string;
  request: string;
}

export interface ShopPage {
  /** The form that the script has the browser send. */
  submitted: Promise<Submitted>;
  /** What the page's own code got in the end, or failed with. */
  result: Promise<unknown>;
  /** The window in the page's frame tells it something. */
  told(message: object): void;
  hasFrame(): boolean;
}

/** A page of a shop with the simulator's script in it; `run` is the shop's own code. */
export function shopPage(baseUrl: string, script: string, run: string, isPhone = false): ShopPage {
  const { window } = new JSDOM('<!doctype html><body></body>', {
    url: 'https://shop.example/order',
    runScripts: 'dangerously',
    userAgent: isPhone ? PHONE : PC,
  });
  const submitted = new Promise<Submitted>((resolve) => {
    // The form is all that matters of a browser's navigation.
    window.HTMLFormElement.prototype.submit = function () {
      resolve({ action: this.action, target: this.target, request: this.querySelector('input')?.value ?? '' });
    };
  });
  window.eval(`
    Object.defineProperty(document, 'currentScript', { value: { src: '${baseUrl}/v2/browser-sdk.js' } });
    Object.defineProperty(navigator, 'userAgent', { value: ${JSON.stringify(isPhone ? PHONE : PC)} });
    ${script}
  `);
  const result = window.eval(`(async () => JSON.stringify(await (async () => { ${run} })()))()`) as Promise<string>;
  return {
    submitted,
    result: result.then((text) => JSON.parse(text) as unknown),
    told: (message) => {
      window.eval(`(() => {
        const event = new MessageEvent('message', {
          data: ${JSON.stringify({ source: 'portone-simulator', ...message })},
          origin: '${baseUrl}',
          source: document.querySelector('iframe').contentWindow,
        });
        window.dispatchEvent(event);
      })()`);
    },
    hasFrame: () => window.document.querySelector('iframe') !== null,
  };
}
