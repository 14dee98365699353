// The part of jest's language that the tests of pure code use, registered once and run as often as asked.
import { jestExpect } from '@jest/expect';
import { bind } from 'jest-each';
import { ModuleMocker } from 'jest-mock';

const HOOKS = ['beforeAll', 'beforeEach', 'afterEach', 'afterAll'];

/** A block of tests with its hooks: a file, or a `describe` in it. */
class Block {
  constructor(name, parent) {
    this.name = name;
    this.parent = parent;
    for (const hook of HOOKS) this[hook] = [];
  }

  /** From the file to this block. */
  get path() {
    return this.parent === undefined ? [this] : [...this.parent.path, this];
  }
}

/** All tests of the files that were loaded, in the order in which they were written. */
export class TestRegistry {
  tests = [];
  #block = undefined;

  /** Registers what `load` declares under the name of its file. */
  file(name, load) {
    this.#within(new Block(name, undefined), load);
  }

  #within(block, body) {
    const outer = this.#block;
    this.#block = block;
    try {
      body();
    } finally {
      this.#block = outer;
    }
  }

  /** Puts jest's words where the tests look for them. */
  install(target) {
    const describe = (name, body) => this.#within(new Block(String(name), this.#block), body);
    const test = (name, body) => {
      const block = this.#block;
      const id = [...block.path.map((item) => item.name), name].join(' > ');
      const same = this.tests.filter((other) => other.id === id || other.id.startsWith(`${id} #`)).length;
      this.tests.push({ id: same === 0 ? id : `${id} #${same + 1}`, block, body });
    };
    // What a test file leaves out on this machine is left out here too.
    const skip = () => undefined;
    describe.each = bind(describe, false);
    test.each = bind(test);
    describe.skip = skip;
    test.skip = skip;
    skip.each = () => skip;
    const mocker = new ModuleMocker(globalThis);
    Object.assign(target, { describe, test, it: test, expect: jestExpect });
    target.jest = {
      fn: mocker.fn.bind(mocker),
      spyOn: mocker.spyOn.bind(mocker),
      restoreAllMocks: () => mocker.restoreAllMocks(),
      setTimeout: () => undefined,
    };
    for (const hook of HOOKS) target[hook] = (body) => this.#block[hook].push(body);
  }
}

/** Functions of tests and hooks may take a callback or give a promise. */
const call = (body) =>
  body.length === 0
    ? body()
    : new Promise((resolve, reject) => body((error) => (error === undefined ? resolve() : reject(error))));

/**
 * Runs tests, each with the hooks of the blocks around it, and tells of each how it ended.
 *
 * @param tests in any order; a block is opened when its first test comes and closed after the last of all
 * @param observer `enter(id)` before a test or a block's own hooks run; `done(test, error, ms)` after a test, `true` to stop
 */
export async function runTests(tests, observer) {
  const open = new Map();
  const openBlock = async (block) => {
    if (!open.has(block)) open.set(block, await attempt(block.beforeAll, () => observer.enter(undefined, block)));
    return open.get(block);
  };
  for (const test of tests) {
    const path = test.block.path;
    let error;
    const start = cpuMilliseconds();
    for (const block of path) error ??= await openBlock(block);
    observer.enter(test.id, test.block);
    error ??= await attempt([...path.flatMap((block) => block.beforeEach), test.body]);
    error ??= await attempt(path.toReversed().flatMap((block) => block.afterEach));
    if (await observer.done(test, error, cpuMilliseconds() - start)) break;
  }
  for (const block of [...open.keys()].toReversed()) await attempt(block.afterAll);
}

/** Of this process: other work on the machine does not make a test long. */
function cpuMilliseconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

async function attempt(bodies, before = () => undefined) {
  before();
  try {
    for (const body of bodies) await call(body);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
