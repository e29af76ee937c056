const { readFileSync } = require('node:fs');
const { bundlePackages } = require('./test/support/bundled-packages.cjs');

const swc = JSON.parse(readFileSync(`${__dirname}/.swcrc`, 'utf8'));

/** @returns {Promise<import('jest').Config>} */
module.exports = async () => {
  const { file, moduleNameMapper } = await bundlePackages();
  // For the processes that tests start.
  process.env.BUNDLED_PACKAGES = file;
  return {
    testEnvironment: 'node',
    roots: ['<rootDir>/src', '<rootDir>/simulator', '<rootDir>/test'],
    testMatch: ['**/*.spec.ts'],
    moduleNameMapper,
    transform: { '\\.ts$': ['@swc/jest', { ...swc, sourceMaps: 'inline' }] },
    setupFiles: ['reflect-metadata'],
    globalSetup: '<rootDir>/test/support/global-setup.ts',
    globalTeardown: '<rootDir>/test/support/global-teardown.ts',
    testSequencer: '<rootDir>/test/support/faults-first.cjs',
    // One more than the cores of a small machine: much of the time of the specs of faults is waiting for processes.
    maxWorkers: 3,
    // Far more than any test takes: so that a machine that is busy with others turns none red.
    testTimeout: 300_000,
  };
};
