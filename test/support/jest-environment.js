// Jest's environment for Node, without what makes promises slow before Node 24: there each `AsyncLocalStorage` that was ever used slows
// every promise of the process (one of them threefold, a hundred two-hundredfold), and Jest uses a new one for each test file, to know
// which test an error belongs to. Tests run one after the other here, so the one that runs is known without following promises.
const asyncHooks = require('node:async_hooks');
const { TestEnvironment } = require('jest-environment-node');

// A value in Node 20, a getter in later ones.
const own = Object.getOwnPropertyDescriptor(asyncHooks, 'AsyncLocalStorage');
const isSlow = Number(process.versions.node.split('.')[0]) < 24;

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

module.exports = class extends TestEnvironment {
  async setup() {
    await super.setup();
    if (isSlow) Object.defineProperty(asyncHooks, 'AsyncLocalStorage', { configurable: true, value: SerialStorage });
  }

  // Once Jest's own modules are loaded, before those that are tested.
  handleTestEvent(event) {
    if (isSlow && event.name === 'setup') Object.defineProperty(asyncHooks, 'AsyncLocalStorage', own);
  }
};
