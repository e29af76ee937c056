'use strict';

/**
 * Runs spec files in the worker's own realm, one after the other, and not each in a realm of its own: only so can they
 * share modules (`shared-modules.runtime.cjs`), and what they share stays compiled and fast. With it goes Jest's promise
 * that a spec finds globals as Node made them; no spec here changes any.
 */
const vm = require('node:vm');
const { ModuleMocker } = require('jest-mock');

require('./swc-register.cjs');

/** Stands for the realm we are in, of which Node hands out no context to compile in. */
const THIS_REALM = {};
/** What Jest loads of itself for each spec file anew is compiled once. */
const compiled = new Map();
const { compileFunction } = vm;
vm.compileFunction = (source, parameters, { parsingContext, ...options } = {}) => {
  if (parsingContext !== THIS_REALM) return compileFunction(source, parameters, { parsingContext, ...options });
  const known = compiled.get(options.filename);
  if (known?.source === source) return known.compiled;
  const made = compileFunction(source, parameters, options);
  if (/node_modules/.test(options.filename)) compiled.set(options.filename, { source, compiled: made });
  return made;
};

/**
 * Jest's runner keeps the running test in an AsyncLocalStorage of each spec file. Once there is one, Node tells it of every
 * promise, and each of them is told for as long as the worker lives. Tests of a file run one after the other here: one
 * variable says as much.
 */
class RunningTest {
  run(test, work) {
    const before = this.test;
    this.test = test;
    const after = () => void (this.test = before);
    const done = work();
    if (typeof done?.then === 'function') done.then(after, after);
    else after();
    return done;
  }

  getStore() {
    return this.test;
  }
}
const asyncHooks = require('node:async_hooks');
const { AsyncLocalStorage } = asyncHooks;
Object.defineProperty(asyncHooks, 'AsyncLocalStorage', {
  enumerable: true,
  value: new Proxy(AsyncLocalStorage, {
    construct: (plain, ...given) =>
      /jest-circus/.test(new Error().stack) ? new RunningTest() : Reflect.construct(plain, ...given),
  }),
});

/** What Jest leaves in a realm that it takes to be thrown away; with it would stay all modules Jest loads for a file. */
const LEFT_BEHIND = /^(EVENT_HANDLERS|JEST_STATE_SYMBOL)$/;

module.exports = class SharedModulesEnvironment {
  global = globalThis;
  moduleMocker = new ModuleMocker(globalThis);
  fakeTimers = null;
  fakeTimersModern = null;
  exit = process.exit;

  async setup() {}

  async teardown() {
    process.exit = this.exit;
    for (const symbol of Object.getOwnPropertySymbols(globalThis)) {
      if (LEFT_BEHIND.test(symbol.description)) delete globalThis[symbol];
    }
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }

  getVmContext() {
    return THIS_REALM;
  }
};
