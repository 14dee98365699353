import * as fc from 'fast-check';
import { covers } from '../../lib/policy/cover';
import { NamePattern } from '../../lib/policy/evaluator/name-pattern';
import { Template } from '../../lib/policy/evaluator/template';
import { matches } from './oracle';

test.each([
  ['topic/a', 'topic/a'],
  ['topic/*', 'topic/a/b'],
  ['topic/*', 'topic/*'],
  ['topic/*', 'topic/a*b'],
  ['topic/*', 'topic/'],
  ['topic/*a', 'topic/ba'],
  ['topic/*a', 'topic/a'],
  ['topic/*ab', 'topic/aab'],
  ['topic/*a*b', 'topic/xaxxb'],
  ['*', 'arn:x'],
  ['*', ''],
  ['**', ''],
  ['topic/?', 'topic/a'],
  ['topic/?', 'topic/?'],
  ['topic/?', 'topic/+'],
  ['topic/?', 'topic/😀'],
  ['topic/*', 'topic/${iot:Connection.Thing.ThingName}'],
  ['topic/${x}/*', 'topic/${x}/a'],
  ['topic/*/${x}', 'topic/a/${x}'],
  ['topic/*', 'topic/${Token[TOKEN.1]}'],
  ['topic/${Token[TOKEN.1]}*', 'topic/${Token[TOKEN.1]}/a'],
  ['topic/*', 'topic/$(*)'],
  ['topic/$(*)*', 'topic/$(*)/a'],
  ['topic/$(*)', 'topic/$(*)'],
  ['topic/*(x)', 'topic/$(x)'],
])('%s covers %s', (wide, narrow) => {
  expect(covers(wide, narrow)).toBe(true);
});

test.each([
  ['topic/a', 'topic/b'],
  ['topic/a', 'topic/aa'],
  ['topic/a', 'topic/*'],
  ['topic/a*', 'topic/*'],
  ['topic/*a', 'topic/ab'],
  ['topic/*', 'topicfilter/a'],
  ['topic/*/a', 'topic/a'],
  ['topic/a?', 'topic/a'],
  ['topic/?', 'topic/*'],
  ['topic/?', 'topic/aa'],
  ['topic/???????????????????????????????????', 'topic/${iot:Connection.Thing.ThingName}'],
  ['topic/?', 'topic/${x}'],
  ['topic/${x}*', 'topic/${y}'],
  ['topic/${*', 'topic/${x}'],
  ['topic/*}', 'topic/${x}'],
  ['topic/a*', 'topic/${x}'],
  ['topic/*a', 'topic/${a}'],
  // Escapes are characters, no wildcards: in place of `$(*)` no other text matches.
  ['topic/a/$(*)', 'topic/a/$(secret)'],
  ['topic/a/$(?)', 'topic/a/$(b)'],
  ['topic/*)', 'topic/$(*)'],
  ['topic/?', 'topic/$(*)'],
  ['topic/$(x*)', 'topic/$(*)'],
  ['topic/*a', ''],
  ['?', ''],
])('%s does not cover %s', (wide, narrow) => {
  expect(covers(wide, narrow)).toBe(false);
});

test('a yes holds for whatever the narrower pattern matches and its variables stand for', () => {
  const pattern = fc
    .array(fc.constantFrom('a', 'b', '*', '?', '${x}', '${y}'), { maxLength: 6 })
    .map((units) => units.join(''));
  const text = fc.stringMatching(/^[ab*$]{0,5}$/);
  let yes = 0;
  fc.assert(
    fc.property(pattern, pattern, text, text, text, (wide, narrow, x, y, sample) => {
      if (!covers(wide, narrow)) return;
      yes++;
      const values = { x, y };
      // One text that the narrow pattern surely matches, and one that it may.
      const sure = narrow.replace(/\$\{x\}/g, () => x).replace(/\$\{y\}/g, () => y);
      const example = narrow.includes('${') ? sure : narrow.replace(/\*/g, () => sample).replace(/\?/g, 'b');
      for (const candidate of [example, sample]) {
        if (matches(narrow, candidate, values)) expect(matches(wide, candidate, values)).toBe(true);
      }
    }),
    { numRuns: 4000 },
  );
  expect(yes).toBeGreaterThan(100);
});

test('is exact for patterns without wildcards of their own', () => {
  const wide = fc.stringMatching(/^[ab*?]{0,6}$/);
  const narrow = fc.stringMatching(/^[ab]{0,6}$/);
  fc.assert(
    fc.property(wide, narrow, (pattern, text) => {
      expect(covers(pattern, text)).toBe(matches(pattern, text));
    }),
    { numRuns: 2000 },
  );
});

test('a yes holds in the evaluator, also where characters are escaped', () => {
  const pattern = fc
    .array(fc.constantFrom('a', '$', '(', ')', '*', '?', '$(*)', '$(?)', '$($)', '${*}', '${x}'), { maxLength: 6 })
    .map((units) => units.join(''));
  const text = fc.array(fc.constantFrom('a', '$', '(', ')', '*', '?'), { maxLength: 6 }).map((units) => units.join(''));
  const compiled = (source: string): NamePattern =>
    new NamePattern(new Template(source).pattern({ substitute: () => 'a' }) ?? []);
  let yes = 0;
  fc.assert(
    fc.property(pattern, pattern, text, (wide, narrow, sample) => {
      if (!covers(wide, narrow)) return;
      yes++;
      const plain = new Template(narrow.replace(/\$\{x\}/g, 'a')).text({ substitute: () => 'a' }) as string;
      for (const candidate of [sample, plain])
        if (compiled(narrow).matches(candidate)) expect(compiled(wide).matches(candidate)).toBe(true);
    }),
    { numRuns: 6000 },
  );
  expect(yes).toBeGreaterThan(100);
});
