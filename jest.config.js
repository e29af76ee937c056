const { readFileSync } = require('node:fs');
const { bundlePackages } = require('./test/support/bundled-packages.cjs');

const swc = JSON.parse(readFileSync(`${__dirname}/.swcrc`, 'utf8'));

/** @returns {Promise<import('jest').Config>} */
module.exports = async () => {
  // For the workers, the processes that tests start, and for this process, where Jest runs a spec that is alone.
  process.env.BUNDLED_PACKAGES = await bundlePackages();
  require('./test/support/bundled-packages.preload.cjs');
  return {
    testEnvironment: require.resolve('./test/support/shared-modules.environment.cjs'),
    runtime: require.resolve('./test/support/shared-modules.runtime.cjs'),
    roots: ['<rootDir>/src', '<rootDir>/cli', '<rootDir>/simulator', '<rootDir>/test'],
    testMatch: ['**/*.spec.ts'],
    transform: { '\\.ts$': ['@swc/jest', { ...swc, sourceMaps: 'inline' }] },
    globalSetup: '<rootDir>/test/support/global-setup.ts',
    globalTeardown: '<rootDir>/test/support/global-teardown.ts',
    testSequencer: '<rootDir>/test/support/faults-first.cjs',
    // Two more than the cores of a small machine: one waits for the schedules, and much of the others' time is waiting too.
    maxWorkers: 4,
    // Far more than any test takes: so that a machine that is busy with others turns none red.
    testTimeout: 300_000,
  };
};
