// Jest's `expect` makes some three hundred functions and an error, with its stack, for each value that it is given, and looks at one of
// them. This one does so for what does not hold only, and for matchers that no test asks in a loop: it decides with Jest's own equality, and
// whatever that denies goes to Jest's own `expect`, with all that it has to say.
const full = globalThis.expect;

let isEqual;
full.extend({
  toLendItsEquality() {
    const { equals, utils } = this;
    isEqual = (actual, expected) => equals(actual, expected, [utils.iterableEquality]);
    return { pass: true, message: () => '' };
  },
});
full(undefined).toLendItsEquality();

function passed() {
  const state = full.getState();
  state.assertionCalls += 1;
  state.numPassingAsserts += 1;
}

/** The same, with where the test stands on top of its stack, which is what is shown. */
function fromTest(error) {
  if (typeof error?.stack === 'string')
    error.stack = error.stack
      .split('\n')
      .filter((line) => !line.includes(__filename))
      .join('\n');
  return error;
}

function ask(actual, name, given) {
  try {
    return full(actual)[name](...given);
  } catch (error) {
    throw fromTest(error);
  }
}

/** What is expected of a promise's end. */
const settled = (matchers) =>
  new Proxy(matchers, {
    get: (target, name) =>
      name === 'not'
        ? settled(target.not)
        : (...given) =>
            target[name](...given).catch((error) => {
              throw fromTest(error);
            }),
  });

/** Of a text or an expression, whether an error says it; of all else, Jest's own knows. */
function isSaid(thrown, expected) {
  const message = thrown?.message;
  if (typeof message !== 'string') return false;
  return typeof expected === 'string'
    ? message.includes(expected)
    : expected instanceof RegExp && expected.test(message);
}

class Expectation {
  constructor(actual) {
    this.actual = actual;
  }

  get not() {
    return full(this.actual).not;
  }

  get resolves() {
    return settled(full(this.actual).resolves);
  }

  get rejects() {
    return settled(full(this.actual).rejects);
  }

  toBe(expected) {
    return Object.is(this.actual, expected) ? passed() : ask(this.actual, 'toBe', [expected]);
  }

  toEqual(expected) {
    return isEqual(this.actual, expected) ? passed() : ask(this.actual, 'toEqual', [expected]);
  }

  toThrow(...given) {
    const { actual } = this;
    if (typeof actual !== 'function' || given.length > 1) return ask(actual, 'toThrow', given);
    let again = () => undefined;
    try {
      actual();
    } catch (thrown) {
      if (given.length === 0 || isSaid(thrown, given[0])) return passed();
      again = () => {
        throw thrown;
      };
    }
    return ask(again, 'toThrow', given);
  }

  toBeUndefined() {
    return this.actual === undefined ? passed() : ask(this.actual, 'toBeUndefined', []);
  }
}

for (const name of Object.keys(full(undefined))) {
  if (name in Expectation.prototype) continue;
  Expectation.prototype[name] = function (...given) {
    return ask(this.actual, name, given);
  };
}

const light = (actual, ...rest) => (rest.length > 0 ? full(actual, ...rest) : new Expectation(actual));
globalThis.expect = Object.setPrototypeOf(light, full);
