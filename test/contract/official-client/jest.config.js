const { setupFiles, testEnvironment, transform, transformIgnorePatterns } = require('../../../jest.config.js');

/** Not part of the suite: the official client has to be brought. See README.md. */
module.exports = {
  testEnvironment,
  setupFiles,
  transform,
  transformIgnorePatterns,
  rootDir: __dirname,
  testMatch: ['**/*.check.ts'],
  testTimeout: 120_000,
};
