import type { ClientRequest } from 'node:http';

/** Does once what the parameters of the process say, sends what came of it and ends; a fault ends the process without. */
export function answerOnce<Result>(work: (first: string, second: string) => Promise<Result>): void {
  const [first = '', second = ''] = process.argv.slice(2);
  work(first, second).then(
    (result) => process.send?.(result, undefined, undefined, () => process.disconnect()),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      process.exit(1);
    },
  );
}

/** Does what the benchmark orders, one order after the other, and sends what came of each; a fault ends the process. */
export function answerOrders<Order, Result>(work: (order: Order) => Promise<Result>): void {
  process.on('message', (order: Order) => {
    work(order).then(
      (result) => process.send?.(result),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        process.exit(1);
      },
    );
  });
}

/** @returns the status, when all of the answer has come */
export function answerTo(call: ClientRequest): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    call.once('error', reject);
    call.once('response', (answer) => {
      answer.resume();
      answer.once('end', () => resolve(answer.statusCode));
      answer.once('error', reject);
    });
  });
}
