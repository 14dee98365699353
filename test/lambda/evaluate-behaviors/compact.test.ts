import { Aggregate, NO_HASHES } from '../../../lambda/evaluate-behaviors/aggregate';
import { bytesOfWords, Reader, wordsOfBytes, Writer } from '../../../lambda/evaluate-behaviors/bytes';
import { planOf } from '../../../lambda/evaluate-behaviors/plan';
import { decodeState, encodeState, slotsOf } from '../../../lambda/evaluate-behaviors/window-state';
import { behavior, documentOf } from '../../support/stream';

const sizeOf = (base64: string): number => Buffer.from(base64, 'base64').length;

function written(write: (writer: Writer) => void): string {
  const writer = new Writer();
  write(writer);
  return writer.done();
}

describe('numbers take as few bytes as they need', () => {
  test.each([
    [0, 1],
    [127, 1],
    [128, 2],
    [16_383, 2],
    [16_384, 3],
    [2 ** 52, 8],
  ])('a count of %i takes %i', (value, bytes) => {
    const text = written((writer) => writer.count(value));
    expect([sizeOf(text), new Reader(text).count()]).toEqual([bytes, value]);
  });

  test.each([
    [0, 1],
    [63, 1],
    [64, 2],
    [2 ** 51 - 1, 8],
    [2 ** 51, 9],
    [-1, 9],
    [0.5, 9],
    [1e300, 9],
  ])('a number of %d takes %i', (value, bytes) => {
    const text = written((writer) => writer.number(value));
    expect([sizeOf(text), new Reader(text).number()]).toEqual([bytes, value]);
  });

  test('and any number of them is read as it was written', () => {
    const values = Array.from({ length: 40_000 }, (_, index) => index * 37);
    const text = written((writer) => {
      for (const value of values) {
        writer.number(value);
        writer.word(value);
      }
      writer.text('ü'.repeat(200_000));
    });
    const reader = new Reader(text);
    const wrong = values.filter((value) => {
      const [number, word] = [reader.number(), reader.word()];
      return !Object.is(number, value) || !Object.is(word, value);
    });
    expect(wrong).toEqual([]);
    expect(reader.text()).toBe('ü'.repeat(200_000));
  });

  test('words lie one after the other, wherever they begin', () => {
    const words = Uint32Array.of(9, 1, 2 ** 32 - 1);
    expect(bytesOfWords(words.subarray(1)).toString('hex')).toBe('01000000ffffffff');
    const shifted = Buffer.concat([Buffer.alloc(3), bytesOfWords(words)]).subarray(3);
    expect(wordsOfBytes(shifted)).toEqual(words);
    expect(wordsOfBytes(shifted.subarray(0, 7))).toEqual(Uint32Array.of(9));
  });
});

describe('the state of a window', () => {
  const per = { operator: 'atMost', threshold: 1, windowSeconds: 300 } as const;
  const [sent, gone, tried] = ['messages-sent', 'disconnects', 'connection-attempts'].map((metric) =>
    behavior({ metric, ...per }),
  ) as [ReturnType<typeof behavior>, ReturnType<typeof behavior>, ReturnType<typeof behavior>];
  const stateOf = (names: readonly string[], behaviors = [sent]) => {
    const aggregate = new Aggregate(planOf(documentOf(behaviors)), NO_HASHES);
    for (const name of names) {
      const device = aggregate.device(name);
      behaviors.forEach((_, slot) => aggregate.set(device, slot, 10 * (device + 1) + slot));
    }
    return { aggregate, parts: [], pages: new Set<number>() };
  };

  test('says of a name only what the one before it does not have', () => {
    const sizes = [['pump-000001'], ['pump-000001', 'pump-000002'], ['pump-000001', 'pump-00000199']].map((names) =>
      sizeOf(encodeState(stateOf(names)).b),
    );
    // Length shared, length and rest of the name; number of counters, which one, and its value.
    expect(sizes).toEqual([17, 17 + 6, 17 + 7]);
  });

  test('says nothing of pages where none has a part, and a bit of each otherwise', () => {
    expect(encodeState(stateOf([])).g).toBe('');
    expect(sizeOf(encodeState({ ...stateOf([]), pages: new Set([1_023]) }).g)).toBe(128);
    expect(
      decodeState(planOf(documentOf([sent])), { ...encodeState({ ...stateOf([]), pages: new Set([0, 1_023]) }) }).pages,
    ).toEqual(new Set([0, 1_023]));
  });

  test('of a document that was replaced goes on with what both count, and with no value in a wrong place', () => {
    const before = encodeState(stateOf(['a', 'b'], [gone, sent]));
    const plan = planOf(documentOf([sent, tried]));
    expect(slotsOf(plan, before.k)).toEqual([-1, 0]);
    const { aggregate } = decodeState(plan, { ...before });
    expect([0, 1].map((device) => [0, 1].map((slot) => aggregate.get(device, slot)))).toEqual([
      [11, NaN],
      [21, NaN],
    ]);
  });

  test.each([
    ['with a connection, and its principal', { presence: [5, 3, 1] as const, principal: 7 }],
    ['with a connection', { presence: [5, 3, 1] as const }],
    ['with the end of one', { presence: [5, 3, 0] as const }],
  ])('keeps that only something late was heard of a device, %s', (_what, more) => {
    for (const late of [true, undefined] as const) {
      const open = stateOf(['a']);
      Object.assign(open.aggregate.extra(0), { ...more, late });
      const { aggregate } = decodeState(open.aggregate.plan, { ...encodeState(open) });
      expect(aggregate.extras.get(0)).toEqual({ ids: [], strangers: [], examples: new Map(), ...more, late });
    }
  });

  test('keeps what strangers did and what was outside in the first counter, too, and drops that of counters that are gone', () => {
    const open = stateOf(['a'], [gone, sent]);
    const extra = open.aggregate.extra(0);
    extra.principal = 7;
    extra.strangers.push([1, 0, 2], [1, 1, 3]);
    extra.examples.set(0, 'x').set(1, 'y');
    const state = encodeState(open);
    const read = (behaviors = [gone, sent]) =>
      decodeState(planOf(documentOf(behaviors)), { ...state }).aggregate.extras.get(0);
    expect(read()).toEqual(extra);
    expect(read([sent, tried])).toEqual({ ...extra, strangers: [[1, 0, 3]], examples: new Map([[0, 'y']]) });
  });
});
