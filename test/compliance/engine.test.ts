import { baselineOf } from '../../lib/compliance/baseline';
import { type CheckInput, check } from '../../lib/compliance/engine';
import type { Observation, Rule } from '../../lib/compliance/rule';
import { CATALOG } from '../../lib/compliance/rules/catalog';

const FILE = {
  path: 't.json',
  body: {
    Resources: {
      B: { Type: 'AWS::IoT::Thing', Metadata: { 'aws:cdk:path': 'App/S/B' } },
      A: { Type: 'AWS::IoT::Thing', Metadata: { 'aws:cdk:path': 'App/S/A' } },
      Queue: { Type: 'AWS::SQS::Queue' },
    },
  },
  lines: { A: 7 },
  stackPath: 'App/S',
};
const [BASE] = CATALOG as [Rule];

/** A rule that observes what is given, of each thing. */
const ruleOf = (observation: Partial<Observation>, rest: Partial<Rule> = {}): Rule => ({
  ...BASE,
  types: ['AWS::IoT::Thing'],
  severity: 'error',
  strict: false,
  ...rest,
  check: (model) => model.ofType('AWS::IoT::Thing').map((at) => ({ at, message: 'is bad', ...observation })),
});
const run = (rule: Rule, rest: Partial<CheckInput> = {}) =>
  check({
    files: [FILE],
    today: '2026-11-22',
    profile: 'baseline',
    accountBaseline: 'elsewhere',
    rules: [rule],
    ...rest,
  });
const reason = 'One gateway reads for all pumps owner=jo until=2026-12-31';

test('a finding says all that is known of its place', () => {
  const [finding] = run(ruleOf({ location: 'Properties/X', when: ['P is true'] })).findings;
  expect(finding).toMatchObject({
    ruleId: BASE.id,
    severity: 'error',
    title: BASE.title,
    message: 'is bad',
    file: 't.json',
    logicalId: 'A',
    constructPath: 'App/S/A',
    location: 'Properties/X',
    line: 7,
    when: ['P is true'],
    tenets: BASE.tenets,
    fix: BASE.fix,
    docs: `https://github.com/cdk-iot-zero-trust/cdk-iot-zero-trust/blob/main/docs/compliance/rules/${BASE.id}.md`,
  });
  expect(finding?.fingerprint).toMatch(/^[0-9a-f]{32}$/);
});

test('a finding about a file has the path of its stack', () => {
  const [finding] = run({ ...ruleOf({}), check: () => [{ at: { file: 't.json' }, message: 'lacks' }] }).findings;
  expect([finding?.constructPath, finding?.logicalId, finding?.line]).toEqual(['App/S', undefined, undefined]);
});

test('fingerprints tell places and messages apart, not the folder of the file', () => {
  const prints = (path: string, message = 'is bad'): string[] =>
    run(ruleOf({ message }), { files: [{ ...FILE, path, name: 'same' }] }).findings.map(
      ({ fingerprint }) => fingerprint,
    );
  expect(prints('a/t.json')).toEqual(prints('b/t.json'));
  expect(new Set([...prints('a'), ...prints('a', 'is worse')]).size).toBe(4);
});

test('the same of one place under several conditions is one finding, with the fewest', () => {
  const rule: Rule = {
    ...ruleOf({}),
    check: (model) =>
      [['a', 'b'], ['c'], ['d', 'e']].map((when) => ({ at: model.resources[0]!, message: 'is bad', when })),
  };
  expect(run(rule).findings.map(({ when }) => when)).toEqual([['c']]);
});

test('findings stand in a fixed order: the worst first, then by place', () => {
  const rule: Rule = {
    ...ruleOf({}),
    check: (model) =>
      model.resources.flatMap((at) =>
        (['warning', 'fatal', 'error'] as const).map((severity) => ({ at, message: severity, severity })),
      ),
  };
  expect(run(rule).findings.map(({ severity, logicalId }) => `${severity} ${logicalId ?? ''}`)).toEqual([
    ...['fatal A', 'fatal B', 'fatal Queue'],
    ...['error A', 'error B', 'error Queue'],
    ...['warning A', 'warning B', 'warning Queue'],
  ]);
});

test.each([
  ['baseline', true, 'warning', true],
  ['strict', true, 'error', false],
  ['strict', false, 'warning', true],
] as const)('in profile %s, with strict %s, a warning is of severity %s', (profile, strict, severity, success) => {
  const result = run(ruleOf({ severity: 'warning' }, { strict }), { profile });
  expect([result.findings[0]?.severity, result.success]).toEqual([severity, success]);
});

test('what could not be decided is said, under the rule that could not', () => {
  const result = run(ruleOf({ unverified: true }));
  expect(result.findings[0]).toMatchObject({ ruleId: 'ZTI-GEN1', severity: 'warning', about: BASE.id });
  expect(result.findings[0]?.message).toBe(`${BASE.id} (${BASE.title}) cannot be verified: is bad`);
  expect(result.rules[0]?.state).toBe('cannot-verify');
});

test('a rule that throws is a fatal finding, and did not run', () => {
  const rule: Rule = {
    ...ruleOf({}),
    check: () => {
      throw new Error('a defect');
    },
  };
  const result = run(rule);
  expect(result.findings).toMatchObject([
    { ruleId: 'ZTI-ENGINE', severity: 'fatal', message: `rule ${BASE.id} failed: a defect` },
  ]);
  expect([result.success, result.broken, result.rules[0]?.state]).toEqual([false, true, 'did-not-run']);
});

test('what is thrown need not be an error', () => {
  const rule: Rule = {
    ...ruleOf({}),
    check: () => {
      throw 'a text';
    },
  };
  expect(run(rule).findings[0]?.message).toBe(`rule ${BASE.id} failed: a text`);
});

test.each([
  ['nothing to read', []],
  ['a file without resources', [{ path: 'e.json', body: {} }]],
])('%s is a failure of the check', (_name, files) => {
  const result = run({ ...ruleOf({}) }, { files });
  expect(result.findings.map(({ ruleId, file }) => `${ruleId} ${file}`)).toEqual([
    `ZTI-ENGINE ${files[0]?.path ?? ''}`,
  ]);
  expect(result.broken).toBe(true);
});

test('a file that could not be read is a failure of the check', () => {
  const result = run({ ...ruleOf({}), check: () => [] }, { failures: [{ path: 'x', message: 'is gone' }] });
  expect(result.findings).toMatchObject([{ ruleId: 'ZTI-ENGINE', file: 'x', message: 'is gone' }]);
});

test('rules that found nothing passed, or had nothing to judge', () => {
  const none = (types: string[]): unknown => run({ ...ruleOf({}, { types }), check: () => [] }).rules[0];
  const outcome = { ruleId: BASE.id, findings: 0 };
  expect(none(['AWS::IoT::Thing'])).toEqual({ ...outcome, state: 'passed', judged: 2 });
  expect(none(['AWS::IoT::Policy'])).toEqual({ ...outcome, state: 'not-applicable', judged: 0 });
  expect(none([])).toEqual({ ...outcome, state: 'passed', judged: 0 });
  expect(run(ruleOf({})).rules).toEqual([{ ...outcome, state: 'failed', judged: 2, findings: 2 }]);
});

test('the inventory counts by type, in order', () => {
  const { inventory, templates } = run(ruleOf({}));
  expect(Object.entries(inventory)).toEqual([
    ['AWS::IoT::Thing', 2],
    ['AWS::SQS::Queue', 1],
  ]);
  expect(templates).toEqual(['t.json']);
});

describe('a waiver', () => {
  const waived = (scope: string, rule = ruleOf({}), id = `ZeroTrustIoT::${BASE.id}`): string[] =>
    run(rule, { waivers: [{ id, reason, scope }] }).waived.map(({ logicalId }) => logicalId ?? '');

  test.each([
    ['App/S/A', ['A']],
    ['App/S', ['A', 'B']],
    ['', ['A', 'B']],
    ['t.json#B', ['B']],
    ['App/S/AB', []],
    ['App/S/', []],
    ['pp/S', []],
    ['t.json', []],
  ])('of %s covers %j', (scope, expected) => {
    expect(waived(scope)).toEqual(expected);
  });

  test('covers its own rule only, and nothing fatal', () => {
    expect(waived('', ruleOf({}), 'ZeroTrustIoT::ZTI-POL9')).toEqual([]);
    expect(waived('', ruleOf({ severity: 'fatal' }))).toEqual([]);
  });

  test('is told with what it covers, and what is all waived is no failure', () => {
    const result = run(ruleOf({}), { waivers: [{ id: `ZeroTrustIoT::${BASE.id}`, reason, scope: '' }] });
    expect(result.waived[0]?.waiver).toMatchObject({ owner: 'jo', until: '2026-12-31' });
    expect([result.success, result.findings.length, result.rules[0]?.state]).toEqual([true, 0, 'waived']);
  });

  test('that is none is an error of its own, at its place', () => {
    const result = run(ruleOf({}), { waivers: [{ id: `ZeroTrustIoT::${BASE.id}`, reason: 'because', scope: 'App' }] });
    const own = result.findings.filter(({ ruleId }) => ruleId === 'ZTI-GEN2');
    expect(own).toMatchObject([{ file: 'App', severity: 'error' }]);
    expect(result.waived).toEqual([]);
  });

  test.each([
    ['ZTI-POL33', "there is no rule 'ZTI-POL33' to waive"],
    ['', "there is no rule '' to waive"],
    ['ZTI-ID1', 'the waiver of ZTI-ID1 has no effect: this rule cannot be waived'],
    ['ZTI-GEN2', 'the waiver of ZTI-GEN2 has no effect: this rule cannot be waived'],
    ['ZTI-ENGINE', 'the waiver of ZTI-ENGINE has no effect: this rule cannot be waived'],
  ])('of %j covers nothing, and that is said', (ruleId, message) => {
    const result = run(ruleOf({}), { waivers: [{ id: `ZeroTrustIoT::${ruleId}`, reason, scope: 'App' }] });
    expect(result.findings.filter((each) => each.ruleId === 'ZTI-GEN2')).toMatchObject([{ file: 'App', message }]);
    expect(result.success).toBe(false);
  });

  describe('that matches nothing', () => {
    const STACK = { ...FILE, path: 'other.json', stackPath: 'App/Stage/S' };
    const told = (scope: string, rest: Partial<CheckInput> = {}, rule = ruleOf({ at: { file: 't.json' } })) =>
      run(rule, { waivers: [{ id: 'ZeroTrustIoT::ZTI-POL9', reason, scope }], ...rest })
        .findings.filter(({ ruleId }) => ruleId === 'ZTI-GEN2')
        .map(({ severity, file, message }) => [severity, file, message]);
    const MESSAGE = 'the waiver of ZTI-POL9 (owner jo, until 2026-12-31) matches no finding: remove it';

    test.each(['App/S/A', 'App/S', 'App', '', 't.json#A'])('is told, at %j', (scope) => {
      expect(told(scope)).toEqual([['warning', scope, MESSAGE]]);
    });

    test('fails the strict profile only', () => {
      expect(told('App/S', { profile: 'strict' })).toEqual([['error', 'App/S', MESSAGE]]);
    });

    test.each(['App/Other', 'App/SX', 'other.json#A', 'App/Stage'])('is not, where %s is not judged', (scope) => {
      expect(told(scope)).toEqual([]);
    });

    test('is, in any template that is judged', () => {
      expect(told('App/Stage', { files: [FILE, STACK] })).toHaveLength(1);
      expect(told('App/Stage/S/A', { files: [FILE, STACK] })).toHaveLength(1);
      expect(told('other.json#A', { files: [FILE, { ...STACK, stackPath: undefined }] })).toHaveLength(1);
    });

    test('is not, where two are for one finding, or another place of the rule has it', () => {
      const waivers = ['App/S/A', 'App/S'].map((scope) => ({ id: `ZeroTrustIoT::${BASE.id}`, reason, scope }));
      expect(run(ruleOf({}), { waivers }).findings).toEqual([]);
      const [first, second] = run(ruleOf({}), {
        waivers: ['App/S/A', 'App/S/C'].map((scope) => ({ id: `ZeroTrustIoT::${BASE.id}`, reason, scope })),
      }).findings;
      expect([first?.ruleId, second?.file]).toEqual([BASE.id, 'App/S/C']);
    });

    test('is not told of a rule that failed', () => {
      const failing: Rule = {
        ...ruleOf({}),
        check: () => {
          throw new Error('a defect');
        },
      };
      const result = run(failing, { waivers: [{ id: `ZeroTrustIoT::${BASE.id}`, reason, scope: 'App/S' }] });
      expect(result.findings.map(({ ruleId }) => ruleId)).toEqual(['ZTI-ENGINE']);
    });

    test('but what is fatal is an error', () => {
      const result = run(ruleOf({ severity: 'fatal' }), {
        waivers: [{ id: `ZeroTrustIoT::${BASE.id}`, reason, scope: 'App/S/A' }],
      });
      const message = `the waiver of ${BASE.id} has no effect: what it is for is fatal, and cannot be waived`;
      expect(result.findings.at(-1)).toMatchObject({ ruleId: 'ZTI-GEN2', severity: 'error', message });
    });
  });
});

describe('the baseline', () => {
  test('holds single findings', () => {
    const [first] = run(ruleOf({})).findings;
    const result = run(ruleOf({}), { known: new Set([first?.fingerprint ?? '']) });
    expect([result.known.length, result.findings.length, result.success]).toEqual([1, 1, false]);
  });

  test('holds no waiver that ended', () => {
    const waivers = [{ id: `ZeroTrustIoT::${BASE.id}`, reason: 'because', scope: 'App' }];
    const all = new Set(run(ruleOf({}), { waivers }).findings.map(({ fingerprint }) => fingerprint));
    const result = run(ruleOf({}), { waivers, known: all });
    expect(result.findings.map(({ ruleId }) => ruleId)).toEqual(['ZTI-GEN2']);
    expect(baselineOf(result).findings.map(({ rule }) => rule)).not.toContain('ZTI-GEN2');
  });

  test('holds nothing that kept the check from being done', () => {
    const failing: Rule = {
      ...ruleOf({}),
      check: () => {
        throw new Error('a defect');
      },
    };
    const [first] = run(failing).findings;
    expect(run(failing, { known: new Set([first?.fingerprint ?? '']) }).findings).toHaveLength(1);
  });
});
