// One context for all test files of a process: where each has one of its own, it loads, and runs cold, the CDK and all else anew, which is
// a good part of what a short one takes. Each still has its own instance of all that is not in node_modules (`jest-runtime.js`), and
// leaves the process as it found it: what it adds to the globals, to the environment and to what listens to the process goes with it,
// and its spies end.
//
// Before Node 24 each `AsyncLocalStorage` that was ever used slows every promise of the process (one of them threefold, a hundred
// two-hundredfold), and Jest uses a new one for each test file, to know which test an error belongs to. Tests run one after the other
// here, so the one that runs is known without following promises. Those that the tested code makes end with their test file.
const { LegacyFakeTimers, ModernFakeTimers } = require('@jest/fake-timers');
const asyncHooks = require('node:async_hooks');
const { ModuleMocker } = require('jest-mock');

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

const made = new Set();
const Ending = isSlow
  ? class AsyncLocalStorage extends asyncHooks.AsyncLocalStorage {
      constructor(...given) {
        super(...given);
        made.add(this);
      }
    }
  : undefined;

/** Tokens of the CDK, which are looked up here by packages that stay. */
const KEPT = new Set(['__cdkTokenMap']);

const listeners = () => process.eventNames().map((event) => [event, process.rawListeners(event)]);

/** What a process is now, to be brought back to that. */
function keep() {
  const globals = new Map(
    Reflect.ownKeys(globalThis).map((key) => [key, Object.getOwnPropertyDescriptor(globalThis, key)]),
  );
  const environment = { ...process.env };
  const heard = new Map(listeners());
  return () => {
    for (const key of Reflect.ownKeys(globalThis)) {
      const { configurable } = Object.getOwnPropertyDescriptor(globalThis, key);
      if (!globals.has(key) && configurable && !KEPT.has(key)) delete globalThis[key];
    }
    for (const [key, property] of globals)
      if (property.configurable && property.writable && globalThis[key] !== property.value)
        Object.defineProperty(globalThis, key, property);
    for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
    Object.assign(process.env, environment);
    for (const [event, now] of listeners())
      for (const listener of now)
        if (heard.get(event)?.includes(listener) !== true) process.removeListener(event, listener);
    process.exitCode = undefined;
  };
}

module.exports = class {
  constructor({ projectConfig: config }) {
    this.restore = keep();
    this.global = globalThis;
    Error.stackTraceLimit = 100;
    const moduleMocker = new ModuleMocker(globalThis);
    const given = { config, global: globalThis, moduleMocker };
    const timerConfig = { idToRef: (id) => ({ id }), refToId: (timer) => timer?.id };
    Object.assign(this, {
      moduleMocker,
      fakeTimers: new LegacyFakeTimers({ ...given, timerConfig }),
      fakeTimersModern: new ModernFakeTimers(given),
    });
  }

  async setup() {
    if (isSlow) Object.defineProperty(asyncHooks, 'AsyncLocalStorage', { configurable: true, value: SerialStorage });
  }

  // Once Jest's own modules are loaded, before those that are tested.
  handleTestEvent(event) {
    if (isSlow && event.name === 'setup')
      Object.defineProperty(asyncHooks, 'AsyncLocalStorage', { ...own, value: Ending });
  }

  async teardown() {
    // All of them, since one of a package may be used again by a later test file.
    for (const storage of made) storage.disable();
    this.moduleMocker.restoreAllMocks();
    this.fakeTimers.dispose();
    this.fakeTimersModern.dispose();
    this.restore();
    this.global = null;
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }

  getVmContext() {
    return this.global;
  }
};
