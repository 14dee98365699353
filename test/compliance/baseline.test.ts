import { baselineOf, goneFrom, parseBaseline, readBaseline } from '../../lib/compliance/baseline';
import type { CheckResult, InputFailure } from '../../lib/compliance/engine';
import { check } from '../../lib/compliance/engine';
import { allow, CONNECT, policy } from './support/policies';

const run = (known?: ReadonlySet<string>, failures: InputFailure[] = []): CheckResult =>
  check({
    files: [{ path: 't.json', body: { Resources: policy(CONNECT, allow('iot:Publish', 'topic/*')) } }],
    today: '2026-11-22',
    profile: 'baseline',
    accountBaseline: 'elsewhere',
    known,
    failures,
  });

test('keeps what was there from failing, and says where it is', () => {
  const written = baselineOf(run());
  expect(written.version).toBe(1);
  expect(written.findings.map(({ rule, where }) => `${rule} ${where}`)).toEqual([
    'ZTI-POL3 t.json#DevicePolicy',
    'ZTI-POL9 t.json#DevicePolicy',
  ]);
  const again = run(readBaseline(JSON.stringify(written)));
  expect([again.success, again.findings.length, again.known.length]).toEqual([true, 0, 2]);
  expect(baselineOf(again)).toEqual(written);
});

test('never holds that a file could not be read', () => {
  const broken = run(undefined, [{ path: 'x.json', message: 'is no JSON' }]);
  expect(broken.findings.map(({ ruleId }) => ruleId)).toContain('ZTI-ENGINE');
  expect(baselineOf(broken).findings).toHaveLength(2);
});

test('names the file of what belongs to no resource', () => {
  const nothing = check({
    files: [
      { path: 'empty.json', body: {} },
      { path: 't.json', body: { Resources: policy(CONNECT) } },
    ],
    today: '2026-11-22',
    profile: 'baseline',
    accountBaseline: 'elsewhere',
  });
  expect(baselineOf(nothing).findings.map(({ where }) => where)).toEqual(['empty.json']);
});

test('names what is gone', () => {
  const written = parseBaseline(JSON.stringify(baselineOf(run())));
  const [first, second] = written.findings;
  expect(goneFrom(written, run(readBaseline(JSON.stringify(written))))).toEqual([]);
  expect(goneFrom(written, run(new Set([second!.fingerprint])))).toEqual([first]);
});

test.each([
  'null',
  '{}',
  '{"version":"1","findings":[]}',
  '{"version":1}',
  '{"version":1,"findings":{}}',
  '{"version":1,"findings":[null]}',
  '{"version":1,"findings":[{"fingerprint":"a","rule":"b"}]}',
  '{"version":1,"findings":[{"fingerprint":1,"rule":"b","where":"c"}]}',
])('%s is none', (text) => {
  expect(() => readBaseline(text)).toThrow('is no baseline');
});

test('of another version is said to be one', () => {
  expect(() => readBaseline('{"version":2,"findings":[]}')).toThrow('is a baseline of version 2, and this version');
});

test('of nothing is empty', () => {
  expect(readBaseline('{"version":1,"findings":[]}').size).toBe(0);
});
