/**
 * What an edit is tried on (`npm test -- --quick`): everything that needs no service, and of each other kind a few that go
 * through much of it.
 */
const suite = require('./jest.config.js');

/** @type {import('jest').Config} */
module.exports = {
  ...suite,
  testMatch: [
    '<rootDir>/{src,cli,simulator}/**/*.spec.ts',
    '<rootDir>/test/architecture/*.spec.ts',
    '<rootDir>/test/packaging/{docker,trial-settings}.spec.ts',
    '<rootDir>/test/contract/tstore-client/answers.spec.ts',
    '<rootDir>/test/contract/simulator/wire.spec.ts',
    '<rootDir>/test/fuzz/answers.spec.ts',
    '<rootDir>/test/medium/{state-machines,notification-repository,payment-settles-once}.spec.ts',
    '<rootDir>/test/e2e/{admin-api,billing-run,result}.spec.ts',
    '<rootDir>/test/faults/frozen-replica.spec.ts',
  ],
};
