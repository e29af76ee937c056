import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { makeCertificate } from '../../support/certificate';
import { openBench } from './support/bench';
import { orders, payFile } from './support/merchant';

let server: Server;
let url: string;
let received: number;

beforeEach(async () => {
  received = 0;
  server = createServer(makeCertificate('localhost'), (request, response) => {
    request.resume();
    received += 1;
    response.end('{"resultCode":"0000","resultMsg":"SUCCESS"}');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/noti_listener`;
});
afterEach(
  () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
);

test.each([
  [true, 1, null],
  [false, 0, 'self-signed certificate'],
])(
  'with insecureTls %s a listener with a self-signed certificate is told %i times',
  async (insecureTls, times, failure) => {
    const bench = await openBench({ insecureTls });
    try {
      await bench.merchant.submitFile(payFile(orders(1)), 1, { notiUrl: url });
      await bench.simulator.control.deliverNotifications();
      expect(received).toBe(times);
      expect(bench.simulator.control.notifications()).toMatchObject([{ attempts: [{ failure }] }]);
    } finally {
      await bench.close();
    }
  },
);
