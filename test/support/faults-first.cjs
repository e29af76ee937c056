const Sequencer = require('@jest/test-sequencer').default;

/** Specs that take minutes, the longest first, as far as their size does not tell. */
const LONG = [
  '/test/faults/',
  '/test/e2e/many-months',
  '/test/upgrade/',
  '/test/e2e/side-by-side',
  '/test/e2e/rolling-restart',
  '/test/e2e/openapi',
];

/** The few specs that take minutes begin first; begun last they would run alone, with the other core idle. */
module.exports = class FaultsFirst extends Sequencer {
  sort(tests) {
    const turn = ({ path }) => {
      const at = LONG.findIndex((part) => path.includes(part));
      return at === -1 ? LONG.length : at;
    };
    return super.sort(tests).sort((one, other) => turn(one) - turn(other));
  }
};
