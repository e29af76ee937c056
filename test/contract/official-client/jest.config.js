const suite = require('../../../jest.config.js');

/** Not part of the suite: the official client has to be brought. See README.md. */
module.exports = async () => {
  const { testEnvironment, runtime, transform } = await suite();
  return {
    testEnvironment,
    runtime,
    transform,
    rootDir: __dirname,
    testMatch: ['**/*.check.ts'],
    testTimeout: 120_000,
  };
};
