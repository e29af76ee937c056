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
const { compileFunction } = vm;
vm.compileFunction = (source, parameters, { parsingContext, ...options } = {}) =>
  compileFunction(source, parameters, parsingContext === THIS_REALM ? options : { parsingContext, ...options });

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
