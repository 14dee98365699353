/** Jest's own, on which the quick one of `test/support/expect.js` stands. */
const own = Object.getPrototypeOf(expect) as typeof expect;
const same = { a: 1 };
const loop: { self?: object } = {};
loop.self = loop;

function outcome(check: () => unknown): string {
  try {
    check();
    return 'holds';
  } catch (error) {
    return String(error);
  }
}

/** Where an error was thrown is part of what some matchers say of it. */
const withoutStack = (said: unknown) =>
  String(said)
    .replaceAll(/^\s*(at .*)?$/gm, '')
    .replaceAll(/\n+/g, '\n');

test.each<[unknown, unknown]>([
  [1, 1],
  [1, 2],
  [0, -0],
  [NaN, NaN],
  ['1', 1],
  [null, undefined],
  [undefined, undefined],
  [same, same],
  [same, { a: 1 }],
  [{ a: 1, b: undefined }, { a: 1 }],
  [[1, undefined], [1]],
  [Object.assign(new Array<number>(2), { 1: 1 }), [undefined, 1]],
  [new Set([1, { a: 2 }]), new Set([{ a: 2 }, 1])],
  [new Set([1]), new Set([2])],
  [new Map([['a', [1]]]), new Map([['a', [1]]])],
  [new Map([['a', 1]]), new Map([['a', 2]])],
  [new Date(0), new Date(1)],
  [new Error('a'), new Error('a')],
  [new Error('a'), new Error('b')],
  [Buffer.from('a'), Buffer.from('b')],
  [loop, loop],
  [{ a: 'abc' }, { a: expect.stringContaining('b') }],
  [{ a: 'abc' }, { a: expect.not.stringContaining('b') }],
  [{ a: 'abc' }, expect.objectContaining({ b: 1 })],
  [Object.create({ a: 1 }), { a: 1 }],
  [function f() {}, function f() {}],
  [Symbol.iterator, Symbol.iterator],
])('of %p and %p says what Jest says', (actual, expected) => {
  const answers = (given: typeof expect): string[] =>
    [given(actual), given(actual).not].flatMap((asked) => [
      outcome(() => asked.toBe(expected)),
      outcome(() => asked.toEqual(expected)),
      outcome(() => asked.toStrictEqual(expected)),
      outcome(() => asked.toContainEqual(expected)),
      outcome(() => asked.toMatchObject(expected as object)),
      outcome(() => asked.toBeUndefined()),
      outcome(() => asked.toBeNull()),
      outcome(() => asked.toBeTruthy()),
      outcome(() => asked.toBeNaN()),
    ]);
  expect(answers(expect)).toEqual(answers(own));
});

const thrown: unknown[] = [
  new Error('a b'),
  new TypeError('a b'),
  { message: 'a b' },
  { message: 1 },
  'a b',
  undefined,
];

test.each([...thrown.map((what) => ({ what })), undefined])('of what throws %p says what Jest says', (given) => {
  let calls = 0;
  const actual = () => {
    calls += 1;
    if (given !== undefined) throw given.what;
  };
  const wanted = ['a', 'c', '', /^a/, /^b/, Error, RangeError, new Error('a b'), new Error('c'), { message: 'a b' }];
  const answers = (asked: (given: unknown) => jest.JestMatchers<unknown>): string[] => [
    ...wanted.flatMap((each) => [
      outcome(() => asked(actual).toThrow(each as string)),
      outcome(() => asked(actual).not.toThrow(each as string)),
    ]),
    outcome(() => asked(actual).toThrow()),
    outcome(() => asked(actual).toThrow(undefined)),
    outcome(() => asked(7).toThrow('a')),
  ];
  const quick = answers(expect).map(withoutStack);
  expect(calls).toBe(2 * wanted.length + 2);
  expect(quick).toEqual(answers(own).map(withoutStack));
});

test('of promises and what throws says what Jest says', async () => {
  const settled = async (given: typeof expect): Promise<unknown[]> => [
    await given(Promise.resolve(1)).resolves.toBe(1),
    await given(Promise.resolve(1)).resolves.toBe(2).catch(String),
    await given(Promise.reject(new Error('a'))).rejects.toThrow('a'),
    await given(Promise.reject(new Error('a')))
      .rejects.toThrow('b')
      .catch(String),
    await given(Promise.reject(new Error('a')))
      .resolves.toBe(1)
      .catch(String),
    await given(Promise.resolve(1)).rejects.not.toBe(2).catch(String),
    outcome(() =>
      given(() => {
        throw new Error('a');
      }).toThrow('b'),
    ),
    outcome(() => given(() => undefined).toThrow()),
    outcome(() => given(2).toBeGreaterThan(2)),
  ];
  const [quick, slow] = [await settled(expect), await settled(own)];
  expect(quick.map(withoutStack)).toEqual(slow.map(withoutStack));
  expect(slow.filter((each) => each !== undefined && each !== 'holds')).toHaveLength(7);
});

test('each that holds counts, and so does each that does not', () => {
  const before = expect.getState().assertionCalls;
  expect(1).toBe(1);
  expect([1]).toEqual([1]);
  expect(undefined).toBeUndefined();
  outcome(() => expect(1).toBe(2));
  expect(expect.getState().assertionCalls - before).toBe(4);
});
