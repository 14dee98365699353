import * as fc from 'fast-check';
import { compareRules } from '../../lib/policy/minimize';
import { arnIn, renderDocument, type Rule, ruleOf } from '../../lib/policy/rule';
import { CAPACITY, documentSize, listSize, MAX_DOCUMENT, sizeIn } from '../../lib/policy/size';
import { split } from '../../lib/policy/split';
import { IotStatement } from '../../lib/policy/statement';
import { length, many, SCOPE } from './oracle';
import { cpuMs } from '../support/cpu';

const sizeOf = (rule: Rule): number => sizeIn(SCOPE)(rule);

function allow(actions: string[], resources: string[]): Rule {
  return ruleOf(IotStatement.allow({ actions, resources }));
}

function documentsOf(rules: readonly Rule[]): Rule[][] {
  const documents = split(rules, sizeOf);
  if (!Array.isArray(documents)) throw new Error('too long');
  return documents;
}

/** A statement with one resource that makes it exactly this long, comma included. */
function ofSize(size: number, action = 'iot:Publish', make = allow): Rule {
  const shortest = make([action], ['topic/x']);
  return make([action], [`topic/${'x'.repeat(size - listSize([shortest], sizeOf) + 1)}`]);
}

/** Every pair of action and resource, sorted. */
function pairs(documents: readonly (readonly Rule[])[]): string[] {
  return documents
    .flat()
    .flatMap((rule) =>
      rule.actions.flatMap((action) => rule.resources.map((resource) => `${action} ${rule.kind} ${resource}`)),
    )
    .sort();
}

test('what fits one document stays in one', () => {
  const rules = [ofSize(1000), ofSize(CAPACITY - 1000, 'iot:Receive')];
  expect(documentsOf(rules)).toEqual([[...rules].sort(compareRules)]);
  expect(documentSize(rules, sizeOf)).toBe(MAX_DOCUMENT);
});

test('one character more takes two', () => {
  expect(documentsOf([ofSize(1000), ofSize(CAPACITY - 999, 'iot:Receive')])).toHaveLength(2);
});

test('largest first fills documents that another order would not', () => {
  const sizes = [400, 1100, 900, 700, 600, 300];
  const actions = [
    'iot:Publish',
    'iot:Receive',
    'iot:Connect',
    'iot:Subscribe',
    'iot:RetainPublish',
    'iot:GetThingShadow',
  ];
  const documents = documentsOf(sizes.map((size, index) => ofSize(size, actions[index])));
  expect(documents).toHaveLength(2);
  expect(documents.map((rules) => listSize(rules, sizeOf)).sort()).toEqual([2000, 2000]);
});

test('statements that are not lists go whole where they fit', () => {
  const documents = documentsOf([ofSize(1500), ofSize(1500, 'iot:Receive')]);
  expect(documents.map((rules) => rules.length)).toEqual([1, 1]);
});

test('a list is divided to fill the room that is left', () => {
  const list = allow(
    ['iot:Publish'],
    Array.from({ length: 30 }, (_, index) => `topic/${'x'.repeat(50)}${10 + index}`),
  );
  expect(listSize([list], sizeOf)).toBeGreaterThan(CAPACITY);
  const documents = documentsOf([list, ofSize(500, 'iot:Receive')]);
  expect(documents).toHaveLength(2);
  expect(pairs(documents)).toEqual(pairs([[list, ofSize(500, 'iot:Receive')]]));
  // No room for one more in the first document: nothing is wasted.
  const [first] = documents as [Rule[]];
  expect(documentSize(first, sizeOf)).toBeGreaterThan(MAX_DOCUMENT - 100);
  expect(documentSize(first, sizeOf)).toBeLessThanOrEqual(MAX_DOCUMENT);
});

test('a list is divided to the last character', () => {
  const exact = (count: number, extra: number): Rule[] => {
    const list = allow(
      ['iot:Publish'],
      Array.from({ length: count }, (_, index) => `topic/${10 + index}`),
    );
    const room = CAPACITY - listSize([list], sizeOf);
    const last = `topic/${'z'.repeat(room - 3 - 'arn:aws:iot:eu-west-1:123456789012:topic/'.length + extra)}`;
    return [{ ...list, resources: [...list.resources, last] }, ofSize(1900, 'iot:Receive')];
  };
  expect(documentsOf(exact(20, 0))).toHaveLength(2);
  const full = documentsOf(exact(20, 0)).map((rules) => documentSize(rules, sizeOf));
  expect(Math.max(...full)).toBe(MAX_DOCUMENT);
  expect(documentsOf(exact(20, 1)).flat()).toHaveLength(3);
});

test.each([1, 2, 3])('a divided list takes exactly the room there is for %d resources', (count) => {
  const names = Array.from({ length: 60 }, (_, index) => `topic/${'n'.repeat(20)}${10 + index}`);
  const list = allow(['iot:Publish'], names);
  const part = listSize([allow(['iot:Publish'], names.slice(0, count))], sizeOf);
  const taken = (room: number): number => {
    const documents = documentsOf([
      ofSize(CAPACITY - room, 'iot:Receive'),
      ofSize(CAPACITY - room, 'iot:Connect'),
      list,
    ]);
    const first = documents.find((rules) => rules.some((rule) => rule.actions.includes('iot:Receive')));
    return first?.find((rule) => rule.actions.includes('iot:Publish'))?.resources.length ?? 0;
  };
  expect(taken(part)).toBe(count);
  expect(taken(part - 1)).toBe(count - 1);
});

test('each document lists its statements in the order of what they do', () => {
  const documents = documentsOf([ofSize(200, 'iot:Subscribe'), ofSize(900, 'iot:Publish'), ofSize(150, 'iot:Connect')]);
  expect(documents[0]?.map((rule) => rule.actions[0])).toEqual(['iot:Connect', 'iot:Publish', 'iot:Subscribe']);
});

describe('exceptions', () => {
  const denyAllBut = (actions: string[], notResources: string[]): Rule =>
    ruleOf(IotStatement.deny({ actions, notResources }));

  test('are never divided', () => {
    const rule = denyAllBut(
      ['iot:*'],
      Array.from({ length: 20 }, (_, index) => `topic/${'x'.repeat(20)}${index}`),
    );
    const documents = documentsOf([rule, ofSize(CAPACITY, 'iot:Receive')]);
    expect(documents).toHaveLength(2);
    expect(documents.flat()).toContainEqual(rule);
  });

  test('take one more document each if they must', () => {
    const rules = ['iot:Publish', 'iot:Receive', 'iot:Connect'].map((action) => ofSize(1100, action, denyAllBut));
    expect(documentsOf(rules)).toHaveLength(3);
  });

  test('that fit no document are named', () => {
    const rule = ofSize(CAPACITY + 1, 'iot:Publish', denyAllBut);
    expect(split([ofSize(100, 'iot:Receive'), rule], sizeOf)).toEqual({ tooLong: rule });
    expect(documentsOf([ofSize(CAPACITY, 'iot:Publish', denyAllBut)])).toHaveLength(1);
    const list = denyAllBut(
      ['iot:*'],
      Array.from({ length: 60 }, (_, index) => `topic/${index}`),
    );
    expect(split([list], sizeOf)).toEqual({ tooLong: list });
  });
});

describe('what cannot be divided is distributed in every way before it takes one more document', () => {
  const ACTIONS = [
    'iot:Publish',
    'iot:Receive',
    'iot:Subscribe',
    'iot:RetainPublish',
    'iot:GetThingShadow',
    'iot:UpdateThingShadow',
  ];
  const spare = (actions: string[], notResources: string[]): Rule =>
    ruleOf(IotStatement.deny({ actions, notResources }));
  const sizes = (documents: readonly (readonly Rule[])[]): number[] =>
    documents.map((rules) => listSize(rules, sizeOf)).sort();

  test('where the first document with room is not the right one', () => {
    const rules = [804, 804, 603, 603, 603, 334].map((size, index) => ofSize(size, ACTIONS[index], spare));
    const documents = documentsOf([...rules, ofSize(269, 'iot:Connect')]);
    expect(sizes(documents)).toEqual([2010, 2010]);
    expect(pairs(documents)).toEqual(pairs([[...rules, ofSize(269, 'iot:Connect')]]));
    expect(documentsOf([...rules, ofSize(270, 'iot:Connect')])).toHaveLength(3);
  });

  test('with room for what can be', () => {
    const rules = [804, 804, 603, 603, 603].map((size, index) => ofSize(size, ACTIONS[index], spare));
    const names = Array.from({ length: 6 }, (_, index) => `topic/${'n'.repeat(20)}${index}`);
    const list = allow(['iot:Connect'], names);
    expect(listSize([list], sizeOf)).toBeLessThan(603);
    const documents = documentsOf([...rules, list]);
    expect(documents).toHaveLength(2);
    expect(pairs(documents)).toEqual(pairs([[...rules, list]]));
  });

  test('for any sizes of few statements, as few as there can be', () => {
    const size = fc.integer({ min: 150, max: 1200 });
    fc.assert(
      fc.property(fc.array(size, { minLength: 1, maxLength: 6 }), (given) => {
        const rules = given.map((each, index) => ofSize(each, ACTIONS[index], spare));
        expect(documentsOf(rules)).toHaveLength(fewest(given));
      }),
      { numRuns: 300 },
    );
  });

  test('of many, or where nothing helps, in no time', () => {
    const many = Array.from({ length: 40 }, (_, index) => ofSize(700 + index, ACTIONS[index % 6], spare));
    const twelve = Array.from({ length: 12 }, (_, index) => ofSize(1006 + index, ACTIONS[index % 6], spare));
    const list = allow(
      ['iot:Connect'],
      Array.from({ length: 150 }, (_, index) => `topic/${'x'.repeat(100)}${100 + index}`),
    );
    expect(
      cpuMs(() => {
        expect(documentsOf(many)).toHaveLength(20);
        expect(documentsOf(twelve)).toHaveLength(12);
        expect(documentsOf([...twelve, list]).length).toBeGreaterThan(12);
      }),
    ).toBeLessThan(5000);
  });

  /** Tries every document for each size. */
  function fewest(given: readonly number[]): number {
    const fits = (at: number, rooms: readonly number[]): boolean =>
      at === given.length ||
      rooms.some((room, bin) => room >= given[at]! && fits(at + 1, rooms.with(bin, room - given[at]!)));
    for (let count = 1; ; count++)
      if (
        fits(
          0,
          Array.from({ length: count }, () => CAPACITY),
        )
      )
        return count;
  }
});

test('one resource that fits no document is named', () => {
  const long = ofSize(CAPACITY + 1);
  const rule = allow(['iot:Publish'], ['topic/a', ...long.resources]);
  expect(split([rule], sizeOf)).toEqual({ tooLong: long });
  expect(documentsOf([ofSize(CAPACITY)])).toHaveLength(1);
});

test('a resource that fills a document on its own, in a list', () => {
  const rule = allow(['iot:Publish'], [...ofSize(CAPACITY).resources, 'topic/a']);
  const documents = documentsOf([rule]);
  expect(documents.map((rules) => rules.map(({ resources }) => resources.length))).toEqual([[1], [1]]);
});

test('nothing to split is no document', () => {
  expect(documentsOf([])).toEqual([]);
});

test('hundreds of long topics are split in no time', () => {
  const rule = allow(
    ['iot:Publish'],
    Array.from({ length: 800 }, (_, index) => `topic/${'x'.repeat(200)}${index}`),
  );
  expect(cpuMs(() => expect(documentsOf([rule]).length).toBeGreaterThan(80))).toBeLessThan(5000);
});

test('for any statements: same pairs, each document within the limit, few documents', () => {
  const name = fc.stringMatching(/^[a-z]{1,180}$/);
  const rule = fc
    .tuple(
      fc.uniqueArray(fc.constantFrom('iot:Publish', 'iot:Receive', 'iot:Subscribe', 'iot:Connect'), { minLength: 1 }),
      fc.uniqueArray(name, { minLength: 1, maxLength: 20 }),
      fc.boolean(),
    )
    .map(([actions, names, spares]) =>
      ruleOf(
        IotStatement.deny({
          actions,
          ...(spares && names.length < 4
            ? { notResources: names.map((text) => `topic/${text}`) }
            : { resources: names.map((text) => `topic/${text}`) }),
        }),
      ),
    );
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 6 }), (rules) => {
      const documents = documentsOf(rules);
      expect(pairs(documents)).toEqual(pairs([rules]));
      for (const document of documents) {
        const json = renderDocument(document, arnIn(SCOPE));
        expect(length(json)).toBeLessThanOrEqual(MAX_DOCUMENT);
        expect(json.Statement.every((statement) => many((statement as { Action: string }).Action).length > 0)).toBe(
          true,
        );
        expect(document.length).toBeGreaterThan(0);
      }
      const least = Math.ceil(listSize(rules, sizeOf) / CAPACITY);
      expect(documents.length).toBeLessThanOrEqual(least + 1);
    }),
  );
});
