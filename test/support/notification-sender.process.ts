import { Agent, request } from 'node:http';
import type { SendOrder, SentAnswer } from './notification-sender';

/** Sends what it is told, over so many connections, and tells how each was answered. */
async function send({ url, requests, connections, pauseMs }: SendOrder): Promise<SentAnswer[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const answers: SentAnswer[] = [];
  let next = 0;
  const sender = async (): Promise<void> => {
    for (let at = next++; at < requests.length; at = next++) {
      answers[at] = await sendOne(url, agent, requests[at] as SendOrder['requests'][number]);
      // How fast genuine messages come is part of what is tested, not a wait for something to happen.
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  };
  await Promise.all(Array.from({ length: Math.min(connections, requests.length) }, sender));
  agent.destroy();
  return answers;
}

function sendOne(
  url: string,
  agent: Agent,
  { method = 'POST', path = '', headers = {}, body = '' }: SendOrder['requests'][number],
): Promise<SentAnswer> {
  return new Promise((resolve) => {
    const done = (status: number): void => resolve({ status });
    const length = { 'content-length': Buffer.byteLength(body) };
    const call = request(url + path, { method, agent, headers: { ...length, ...headers } }, (answer) => {
      answer.resume();
      answer.once('end', () => done(answer.statusCode ?? 0));
      answer.once('error', () => done(0));
    });
    call.once('error', () => done(0));
    call.end(body);
  });
}

process.on('message', (order: SendOrder) => void send(order).then((answers) => process.send?.(answers)));
process.on('disconnect', () => process.exit());
process.send?.('ready');
