// Jest's environment for Node, without two things that make tests slow.
//
// Before Node 24 each `AsyncLocalStorage` that was ever used slows every promise of the process (one of them threefold, a hundred
// two-hundredfold), and Jest uses a new one for each test file, to know which test an error belongs to. Tests run one after the other
// here, so the one that runs is known without following promises. Those that the tested code makes end with their test file.
//
// The global object of Jest's context asks a proxy for each name: what looks up `Math` or `Map` in a loop takes five times its time. A
// context whose global object is an ordinary one is as much of its own, and needs Node 20.18.
const asyncHooks = require('node:async_hooks');
const vm = require('node:vm');
const { TestEnvironment } = require('jest-environment-node');

// A value in Node 20, a getter in later ones.
const own = Object.getOwnPropertyDescriptor(asyncHooks, 'AsyncLocalStorage');
const isSlow = Number(process.versions.node.split('.')[0]) < 24;
const { createContext, constants } = vm;

class SerialStorage {
  run(store, callback) {
    const before = this.store;
    const restore = () => {
      this.store = before;
    };
    this.store = store;
    try {
      const result = callback();
      if (typeof result?.then === 'function') return result.finally(restore);
      restore();
      return result;
    } catch (error) {
      restore();
      throw error;
    }
  }

  getStore() {
    return this.store;
  }
}

const made = new Set();
const Ending = isSlow
  ? class AsyncLocalStorage extends asyncHooks.AsyncLocalStorage {
      constructor(...given) {
        super(...given);
        made.add(this);
      }
    }
  : undefined;

module.exports = class extends TestEnvironment {
  constructor(...given) {
    if (constants?.DONT_CONTEXTIFY !== undefined) vm.createContext = () => createContext(constants.DONT_CONTEXTIFY);
    try {
      super(...given);
    } finally {
      vm.createContext = createContext;
    }
  }

  async setup() {
    await super.setup();
    if (isSlow) Object.defineProperty(asyncHooks, 'AsyncLocalStorage', { configurable: true, value: SerialStorage });
  }

  // Once Jest's own modules are loaded, before those that are tested.
  handleTestEvent(event) {
    if (isSlow && event.name === 'setup')
      Object.defineProperty(asyncHooks, 'AsyncLocalStorage', { ...own, value: Ending });
  }

  async teardown() {
    for (const storage of made) storage.disable();
    made.clear();
    await super.teardown();
  }
};
