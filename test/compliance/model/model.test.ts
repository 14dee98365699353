import fc from 'fast-check';
import { check } from '../../../lib/compliance/engine';
import { variantsOf } from '../../../lib/compliance/model/choices';
import { parseJson, toJson } from '../../../lib/compliance/model/json-text';
import { Model } from '../../../lib/compliance/model/model';
import { Hole, Text, textOf, type Value } from '../../../lib/compliance/model/value';
import { cpuMs } from '../../support/cpu';

/** The properties that a resource of type X has, in each variant. */
function propertiesOf(
  P: unknown,
  rest: object = {},
  others: object = {},
): { readonly when: readonly string[]; readonly P: unknown }[] {
  const model = new Model([
    { path: 't.json', body: { ...rest, Resources: { It: { Type: 'X', Properties: { P } }, ...others } } },
  ]);
  return model.ofType('X')[0]!.variants.map(({ when, value }) => ({ when, P: show(value.P) }));
}

/** Holes as text, so that expectations can be read. */
function show(value: Value | undefined): unknown {
  if (value instanceof Hole || value instanceof Text) return value.toString();
  if (Array.isArray(value)) return value.map((item: Value) => show(item));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, show(item as Value)]));
  return value;
}

const one = (P: unknown, rest?: object, others?: object): unknown => propertiesOf(P, rest, others)[0]!.P;

describe('functions', () => {
  const MAPPINGS = { Mappings: { Regions: { 'eu-central-1': { Topic: 'a' }, 'us-east-1': { Topic: '*' } } } };

  test.each<[string, unknown, unknown, object?, object?]>([
    ['Join', { 'Fn::Join': ['/', ['a', { Ref: 'AWS::Region' }, 1]] }, 'a/‹AWS::Region›/1'],
    [
      'Join of a list that is not known',
      { 'Fn::Join': [',', { Ref: 'List' }] },
      '‹Join:Ref:List›',
      { Parameters: { List: { Type: 'CommaDelimitedList' } } },
    ],
    [
      'Sub',
      { 'Fn::Sub': 'a-${AWS::Region}-${!iot:ClientId}-${Other}' },
      'a-‹AWS::Region›-${iot:ClientId}-‹Ref:Other›',
      {},
      { Other: { Type: 'Y' } },
    ],
    [
      'Sub with names of its own',
      { 'Fn::Sub': ['${A}-${B.Arn}', { A: 'x' }] },
      'x-‹GetAtt:B.Arn›',
      {},
      { B: { Type: 'Y' } },
    ],
    ['Sub that does not end', { 'Fn::Sub': 'a${b' }, 'a${b'],
    ['Select', { 'Fn::Select': [1, ['a', 'b']] }, 'b'],
    ['Select by text', { 'Fn::Select': ['0', { 'Fn::Split': [',', 'a,b'] }] }, 'a'],
    ['Select beyond the end', { 'Fn::Select': [5, ['a']] }, '‹Fn::Select›'],
    ['Split around a hole', { 'Fn::Split': ['/', { 'Fn::Sub': 'a/${AWS::Region}/b' }] }, ['a', '‹AWS::Region›', 'b']],
    ['FindInMap', { 'Fn::FindInMap': ['Regions', 'us-east-1', 'Topic'] }, '*', MAPPINGS],
    ['FindInMap of nothing', { 'Fn::FindInMap': ['Regions', 'x', 'y'] }, '‹Fn::FindInMap›', MAPPINGS],
    ['FindInMap with a default', { 'Fn::FindInMap': ['Regions', 'x', 'y', { DefaultValue: 'd' }] }, 'd', MAPPINGS],
    [
      'FindInMap of what every object has',
      { 'Fn::FindInMap': ['Regions', '__proto__', 'constructor'] },
      '‹Fn::FindInMap›',
      MAPPINGS,
    ],
    ['Base64', { 'Fn::Base64': 'hi' }, 'aGk='],
    ['ToJsonString', { 'Fn::ToJsonString': { a: [{ Ref: 'AWS::Region' }, 'x"'] } }, '{"a":["‹AWS::Region›","x\\""]}'],
    ['Length', { 'Fn::Length': [1, 2, 3] }, 3],
    ['GetAtt as text', { 'Fn::GetAtt': 'Other.Arn' }, '‹GetAtt:Other.Arn›', {}, { Other: { Type: 'Y' } }],
    [
      'the name of a resource',
      { Ref: 'Thing' },
      'pump-7',
      {},
      { Thing: { Type: 'AWS::IoT::Thing', Properties: { ThingName: 'pump-7' } } },
    ],
    ['NoValue in a list', ['a', { Ref: 'AWS::NoValue' }, 'b'], ['a', 'b']],
    ['NoValue in a map', { a: { Ref: 'AWS::NoValue' }, b: 1 }, { b: 1 }],
    ['a function that nobody knows', { 'Fn::Magic': 'x' }, '‹Fn::Magic›'],
    ['a function beside other keys', { 'Fn::Transform': {}, a: 1 }, '‹Fn::Transform›'],
    ['a dynamic reference', 'a-{{resolve:ssm:/x}}-b', 'a-‹resolve:ssm:/x›-b'],
    ['a dynamic reference in pieces', { 'Fn::Join': ['', ['{{resolve:ssm:', '/x}}']] }, '‹resolve:ssm:/x›'],
    ['a reference to nothing', { Ref: 'Nothing' }, '‹Ref:Nothing›'],
    ['a key that is a condition of IAM', { Condition: 'x' }, { Condition: 'x' }],
  ])('%s', (...[, raw, expected, ...rest]) => expect(one(raw, ...rest)).toEqual(expected));

  test.each([
    'Fn::Join',
    'Fn::Select',
    'Fn::Split',
    'Fn::FindInMap',
    'Fn::Sub',
    'Fn::GetAtt',
    'Fn::If',
    'Fn::Length',
    'Fn::Base64',
  ])('%s that is malformed is a hole', (name) => {
    for (const argument of [null, 1, {}, [], [1], ['a', 2, 3, 4, 5], [[], []]]) {
      const value = new Model([
        { path: 't', body: { Resources: { It: { Type: 'X', Properties: { P: { [name]: argument } } } } } },
      ]).ofType('X')[0]!.variants[0]!.value.P;
      if (value instanceof Hole) expect(value.open).toBe(true);
    }
  });
});

describe('what is chosen', () => {
  const CONDITIONS = {
    Conditions: {
      Prod: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'x'] },
      Test: { 'Fn::Not': [{ Condition: 'Prod' }] },
      Never: { 'Fn::Equals': ['a', 'b'] },
      Both: { 'Fn::And': [{ Condition: 'Prod' }, { Condition: 'Test' }] },
    },
  };

  test('both branches of a condition', () => {
    expect(propertiesOf({ 'Fn::If': ['Prod', 'a', 'b'] }, CONDITIONS)).toEqual([
      { when: ['Prod is true'], P: 'a' },
      { when: ['Prod is false'], P: 'b' },
    ]);
  });

  test('conditions that depend on each other stay together', () => {
    expect(
      propertiesOf([{ 'Fn::If': ['Prod', 'a', 'b'] }, { 'Fn::If': ['Test', 'c', 'd'] }], CONDITIONS).map(({ P }) => P),
    ).toEqual([
      ['a', 'd'],
      ['b', 'c'],
    ]);
    expect(propertiesOf({ 'Fn::If': ['Both', 'a', 'b'] }, CONDITIONS).map(({ P }) => P)).toEqual(['b', 'b']);
  });

  test('what is decided in the template is no choice', () =>
    expect(propertiesOf({ 'Fn::If': ['Never', 'a', 'b'] }, CONDITIONS)).toEqual([{ when: [], P: 'b' }]));

  test('NoValue by a condition', () =>
    expect(
      propertiesOf({ a: { 'Fn::If': ['Prod', 1, { Ref: 'AWS::NoValue' }] } }, CONDITIONS).map(({ P }) => P),
    ).toEqual([{ a: 1 }, {}]));

  test('every row of a map that the region picks', () => {
    const rest = { Mappings: { M: { 'eu-central-1': { T: 'a' }, 'us-east-1': { T: '*' } } } };
    expect(propertiesOf({ 'Fn::FindInMap': ['M', { Ref: 'AWS::Region' }, 'T'] }, rest).map(({ P }) => P)).toEqual([
      'a',
      '*',
    ]);
  });

  test.each<[string, object, unknown[]]>([
    ['allowed values are all there is', { Type: 'String', AllowedValues: ['a', 'b'], Default: 'a' }, ['a', 'b']],
    ['a default is one of all', { Type: 'String', Default: 'a' }, ['a', '‹Ref:Q›']],
    ['without a default, anything', { Type: 'String' }, ['‹Ref:Q›']],
    ['a list', { Type: 'CommaDelimitedList', AllowedValues: ['a,b'] }, [['a', 'b']]],
    [
      'the default of a key in Parameter Store is not the value',
      { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/a' },
      ['‹Ref:Q›'],
    ],
  ])('parameter: %s', (_name, parameter, expected) => {
    expect(propertiesOf({ Ref: 'Q' }, { Parameters: { Q: parameter } }).map(({ P }) => P)).toEqual(expected);
  });

  test('a parameter decides a condition', () => {
    const rest = {
      Parameters: { Env: { Type: 'String', AllowedValues: ['prod', 'test'] } },
      Conditions: { Prod: { 'Fn::Equals': [{ Ref: 'Env' }, 'prod'] } },
    };
    expect(propertiesOf({ 'Fn::If': ['Prod', 'a', 'b'] }, rest)).toEqual([
      { when: ['Env=prod'], P: 'a' },
      { when: ['Env=test'], P: 'b' },
    ]);
  });

  test('too many are cut off, and it is said', () => {
    const names = Array.from({ length: 8 }, (_, i) => `C${i}`);
    const Conditions = Object.fromEntries(
      names.map((name) => [name, { 'Fn::Equals': [{ Ref: 'AWS::StackName' }, name] }]),
    );
    const Resources = {
      It: {
        Type: 'AWS::IoT::Thing',
        Properties: {
          ThingName: 'x',
          AttributePayload: {
            Attributes: Object.fromEntries(names.map((name) => [name, { 'Fn::If': [name, 'a', 'b'] }])),
          },
        },
      },
    };
    const { findings } = check({
      files: [{ path: 't', body: { Conditions, Resources } }],
      today: '2026-11-22',
      profile: 'strict',
      accountBaseline: 'elsewhere',
    });
    expect(findings.map(({ ruleId, severity }) => [ruleId, severity])).toEqual([['ZTI-GEN1', 'error']]);
  });

  test('a circle of conditions ends', () => {
    const rest = { Conditions: { A: { Condition: 'B' }, B: { 'Fn::Not': [{ Condition: 'A' }] } } };
    expect(propertiesOf({ 'Fn::If': ['A', 'a', 'b'] }, rest)).toHaveLength(2);
  });

  test('each combination once', () => {
    const pick = (name: string) => [0, 1].map((value) => ({ label: `${name}${value}`, value }));
    const { variants, complete } = variantsOf(
      (choose) =>
        choose('a', pick('a')) === 0 ? [choose('b', pick('b'))] : [choose('a', pick('a')), choose('c', pick('c'))],
      64,
    );
    expect(complete).toBe(true);
    expect(variants.map(({ when }) => when.join())).toEqual(['a0,b0', 'a0,b1', 'a1,c0', 'a1,c1']);
  });
});

describe('between templates', () => {
  test('a nested stack twice, with its own parameters each', () => {
    const stack = (value: string) => ({
      Type: 'AWS::CloudFormation::Stack',
      Properties: { TemplateURL: './inner.json', Parameters: { P: value } },
    });
    const inner = {
      Parameters: { P: { Type: 'String' } },
      Resources: { It: { Type: 'X', Properties: { P: { Ref: 'P' } } } },
    };
    const model = new Model([
      { path: 'a/outer.json', body: { Resources: { One: stack('1'), Two: stack('2') } } },
      { path: 'a/inner.json', body: inner },
    ]);
    expect(model.ofType('X').map(({ variants }) => variants[0]!.value.P)).toEqual(['1', '2']);
    expect(model.gaps).toEqual([]);
  });

  test('outputs of a nested stack', () => {
    const outer = {
      Inner: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: 'inner.json' } },
      It: { Type: 'X', Properties: { P: { 'Fn::GetAtt': ['Inner', 'Outputs.Name'] } } },
    };
    const model = new Model([
      { path: 'outer.json', body: { Resources: outer } },
      { path: 'inner.json', body: { Resources: { Y: { Type: 'Y' } }, Outputs: { Name: { Value: 'n' } } } },
    ]);
    expect(model.ofType('X')[0]!.variants[0]!.value.P).toBe('n');
  });

  test.each<[string, object, RegExp]>([
    [
      'a nested stack that was not read',
      { Resources: { S: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: 'https://x/y.json' } } } },
      /not among those/,
    ],
    [
      'a stack that nests itself',
      { Resources: { S: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: 't.json' } } } },
      /circle/,
    ],
    ['a macro', { Transform: 'Company', Resources: { A: { Type: 'X' } } }, /macro Company/],
    [
      'a macro in a list',
      { Transform: ['AWS::Serverless-2016-10-31', { Name: 'AWS::Include' }], Resources: { A: { Type: 'X' } } },
      /AWS::Include/,
    ],
    [
      'a loop over resources',
      { Transform: 'AWS::LanguageExtensions', Resources: { 'Fn::ForEach::A': [] } },
      /macro at deployment/,
    ],
    ['a resource without a type', { Resources: { A: {} } }, /has no type/],
    ['nothing', { Resources: {} }, /no resources/],
  ])('%s is a gap', (_name, body, message) => {
    expect(new Model([{ path: 't.json', body }]).gaps.map((gap) => gap.message).join()).toMatch(message);
  });

  test('exports that are imported in a circle end', () => {
    const importing = (name: string) => ({
      'Fn::Join': ['', [{ 'Fn::ImportValue': name }, { 'Fn::ImportValue': name }]],
    });
    const files = ['a', 'b'].map((own, i) => ({
      path: own,
      body: {
        Resources: { It: { Type: 'X', Properties: { P: importing('b') } } },
        Outputs: { O: { Value: importing(['b', 'a'][i]!), Export: { Name: own } } },
      },
    }));
    const ms = cpuMs(() => {
      expect(textOf(new Model(files).ofType('X')[0]!.variants[0]!.value.P)).toContain('too deep or too large');
    });
    expect(ms).toBeLessThan(10_000);
  });
});

describe('JSON in text', () => {
  test('holes come back where they were', () => {
    const text = Text.of([
      '{"a":"x-',
      new Hole('resource', 'Ref:A', false),
      '","b":["',
      new Hole('pseudo', 'R', false),
      '"]}',
    ]);
    const parsed = parseJson(text);
    expect(parsed.ok && show(parsed.value)).toEqual({ a: 'x-‹Ref:A›', b: ['‹R›'] });
  });

  test.each([['{'], ['{"a":\uE000}'], [[1]]])('%j is none', (text) => expect(parseJson(text as Value).ok).toBe(false));
  test('a hole in place of a value is unknown', () =>
    expect(parseJson(Text.of(['{"a":', new Hole('parameter', 'Ref:A', true), '}']))).toEqual({
      ok: false,
      reason: 'depends on ‹Ref:A›',
    }));

  test('comes back the same (property)', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const parsed = parseJson(toJson(value as Value));
        expect(parsed).toEqual({ ok: true, value: JSON.parse(JSON.stringify(value)) as unknown });
      }),
    );
  });
});

describe('hostile input', () => {
  const judge = (body: unknown) =>
    check({ files: [{ path: 't', body }], today: '2026-11-22', profile: 'strict', accountBaseline: 'this-app' });

  test('never throws, and no rule fails (property)', () => {
    const key = fc.constantFrom(
      'Ref',
      'Fn::Sub',
      'Fn::Join',
      'Fn::If',
      'Fn::Select',
      'Fn::GetAtt',
      'Statement',
      'Effect',
      'Action',
      'Resource',
      'Condition',
      'Bool',
      '__proto__',
      'constructor',
      'PolicyDocument',
      'TemplateBody',
      'TopicRulePayload',
      'Behaviors',
    );
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom<unknown>(
          '*',
          'iot:*',
          'Allow',
          'Deny',
          '${iot:ClientId}',
          '',
          null,
          true,
          7,
          'A',
          '{"Statement":',
        ),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(key, tie('value'), { maxKeys: 4 }),
      ),
    }));
    const type = fc
      .constantFrom(
        'Policy',
        'ProvisioningTemplate',
        'TopicRule',
        'SecurityProfile',
        'AccountAuditConfiguration',
        'RoleAlias',
        'Authorizer',
        'ThingGroup',
        'CACertificate',
        'DomainConfiguration',
        'MitigationAction',
        'Logging',
        'ScheduledAudit',
        'OTAUpdate',
      )
      .map((name) => `AWS::IoT::${name}`);
    const property = fc.dictionary(
      fc.constantFrom(
        'PolicyDocument',
        'TemplateBody',
        'Behaviors',
        'AuditCheckConfigurations',
        'TopicRulePayload',
        'RoleArn',
        'TargetArns',
        'AuthorizerConfig',
        'RegistrationConfig',
        'Files',
      ),
      value,
    );
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('A', 'B'), fc.record({ Type: type, Properties: property }), { minKeys: 1 }),
        (Resources) => {
          const { findings } = judge({ Resources });
          expect(findings.filter(({ ruleId }) => ruleId === 'ZTI-ENGINE').map(({ message }) => message)).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });

  test.each<[string, unknown]>([
    [
      'a megabyte of stars',
      {
        Statement: [
          { Effect: 'Allow', Action: 'iot:Publish', Resource: `arn:aws:iot:r:a:topic/${'*a'.repeat(500_000)}` },
        ],
      },
    ],
    [
      'a megabyte of variables',
      {
        Statement: [
          { Effect: 'Allow', Action: 'iot:Publish', Resource: `arn:aws:iot:r:a:topic/${'${a}'.repeat(250_000)}` },
        ],
      },
    ],
    [
      'a megabyte of openings',
      {
        Statement: [
          { Effect: 'Allow', Action: 'iot:Publish', Resource: `arn:aws:iot:r:a:topic/${'${'.repeat(500_000)}` },
        ],
      },
    ],
    ['a megabyte of JSON that does not end', '['.repeat(1_000_000)],
  ])('%s takes no time', (_name, PolicyDocument) => {
    const resources = { P: { Type: 'AWS::IoT::Policy', Properties: { PolicyDocument } } };
    expect(cpuMs(() => judge({ Resources: resources }))).toBeLessThan(1_000);
  });

  test('a template as deep as memory', () => {
    let deep: unknown = 'x';
    for (let i = 0; i < 5_000; i++) deep = { 'Fn::Join': ['', [deep]] };
    expect(
      judge({ Resources: { P: { Type: 'AWS::IoT::Thing', Properties: { ThingName: deep } } } }).findings.filter(
        ({ ruleId }) => ruleId === 'ZTI-ENGINE',
      ),
    ).toEqual([]);
  });
});
