import { createContext, runInContext } from 'node:vm';
import { PAGE_SCRIPT } from '../../../simulator/tstore/control/page-script';
import { openBench } from './support/bench';
import { orders } from './support/merchant';
import { FakeDocument, type FakeElement } from './support/fake-document';

const NASTY = '<img src=x onerror=alert(1)>';

interface OpenPage {
  document: FakeDocument;
  /** Waits until the page has shown something that fits. */
  until(shows: (document: FakeDocument) => boolean): Promise<void>;
}

/** Runs the page's own script against a simulator, with just enough of a browser around it. */
function openPage(baseUrl: string): OpenPage {
  const document = new FakeDocument();
  let ticked: () => Promise<void> = () => Promise.resolve();
  const pending = new Set<Promise<unknown>>();
  const context = createContext({
    document,
    Node: FakeDocument.Node,
    fetch: (path: string, options: RequestInit) => {
      const answer = fetch(baseUrl + path, options);
      pending.add(answer);
      return answer;
    },
    setInterval: (tick: () => Promise<void>) => {
      ticked = tick;
    },
  });
  runInContext(PAGE_SCRIPT, context);
  return {
    document,
    until: async (shows) => {
      for (let round = 0; round < 200 && !shows(document); round += 1) {
        void ticked();
        await Promise.allSettled(pending);
      }
    },
  };
}

function buttonOf(row: FakeElement | undefined, text: string): FakeElement {
  const found = row?.find((element) => element.tag === 'button' && element.text() === text);
  if (!found) throw new Error(`no button ${text}`);
  return found;
}

test('the page shows jobs and messages as text, and arms and disarms faults', async () => {
  const bench = await openBench();
  try {
    bench.listener.answerWith((_received, response) => {
      response.end(JSON.stringify({ resultCode: NASTY }));
    });
    await bench.completed(orders(3));
    const page = openPage(bench.simulator.baseUrl);
    const { document } = page;
    await page.until(() => document.byId('jobs').text().includes('Completed'));
    expect(document.byId('jobs').text()).toContain('3,000');
    expect(document.byId('notifications').text()).toContain('bulkJob completed');
    expect(document.byId('notifications').text()).toContain(NASTY);
    expect(document.byId('book').text()).toContain('charged');
    expect(document.byId('calls').text()).toContain('/v1/payment/fileJob');

    const kind = document.byId('kinds').rowWith('lookup-failing');
    buttonOf(kind, 'Arm').click();
    await page.until(() => document.byId('armed').text().includes('lookup-failing'));
    expect(bench.simulator.control.faults()).toMatchObject([{ kind: 'lookup-failing', options: { status: 500 } }]);
    buttonOf(document.byId('armed').rowWith('lookup-failing'), 'Disarm').click();
    await page.until(() => !document.byId('armed').text().includes('lookup-failing'));
    expect(bench.simulator.control.faults()).toEqual([]);
    expect(document.byId('message').text()).toBe('');
  } finally {
    await bench.close();
  }
});
