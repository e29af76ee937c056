const suite = require('../../../jest.config.js');

/** Not part of the suite: the official client has to be brought. See README.md. */
module.exports = async () => {
  const { moduleNameMapper, transform } = await suite();
  return { moduleNameMapper, transform, rootDir: __dirname, testMatch: ['**/*.check.ts'], testTimeout: 120_000 };
};
