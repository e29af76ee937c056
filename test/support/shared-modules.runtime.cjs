'use strict';

const { createRequire } = require('node:module');
const JestRuntime = require('jest-runtime').default;
const { sourceMaps } = require('./swc-register.cjs');

/**
 * Loads everything but the spec file itself as Node does: once in a worker and not again for each of its spec files, which
 * was a third of the suite's time. No test replaces a module, and a service must not mind what ran in its process before.
 */
module.exports = class SharedModulesRuntime extends JestRuntime {
  requireModuleOrMock(from, name) {
    if (name === '@jest/globals') return super.requireModuleOrMock(from, name);
    const exported = createRequire(from)(name);
    // So that the stack of a failure leads to the source.
    for (const [file, map] of sourceMaps) this.getSourceMaps().set(file, map);
    return exported;
  }
};
