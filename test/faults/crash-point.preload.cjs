'use strict';

/**
 * Loaded with `node --require` into a service process of a test: stops it dead at the crash point it is told over IPC, or
 * freezes it there once until it is sent SIGCONT (`{ freezeAt }`), and sets its clock ahead of the real one, at the start
 * and when told (`{ aheadSeconds }`). Nothing in the service itself can do either.
 */
const { join } = require('node:path');

if (process.env.ENVIRONMENT !== 'simulator') throw new Error('crash points are for the simulator only');

const platform = join(__dirname, '../../dist/src/platform');
const { observeCrashPoints } = require(join(platform, 'crash-points'));
const { SystemClock } = require(join(platform, 'clock'));

let aheadMs = Number(process.env.CLOCK_AHEAD_SECONDS ?? 0) * 1000;
SystemClock.prototype.now = () => new Date(Date.now() + aheadMs);

let armed;
process.on('message', (order) => {
  if (order.aheadSeconds === undefined) armed = order;
  else aheadMs = order.aheadSeconds * 1000;
});
// Who waits for orders must not keep a service alive that was asked to end.
process.channel.unref();
// A test that ended without a word leaves nobody behind.
process.once('disconnect', () => process.exit());

observeCrashPoints((point) => {
  if (point === armed?.freezeAt) {
    armed = undefined;
    process.send({ arrived: point });
    process.kill(process.pid, 'SIGSTOP');
    return undefined;
  }
  if (point !== armed) return undefined;
  process.send({ arrived: point });
  // The whole process stands still here, timers and connections too, until it is killed.
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
