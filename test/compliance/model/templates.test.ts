import { customResources, Model } from '../../../lib/compliance/model/model';

/** What is read of templates, and what keeps them from being the whole truth. */
const of = (body: unknown, path = 't.json') => new Model([{ path, body: body as object }]);
const gapsOf = (body: unknown) => of(body).gaps.map(({ message }) => message);
const R = { It: { Type: 'X' } };
const NONE = 'holds no resources: nothing in it could be checked';
const stack = (TemplateURL: unknown, more: object = {}) => ({
  Type: 'AWS::CloudFormation::Stack',
  Properties: { TemplateURL },
  ...more,
});

test.each<[string, unknown]>([
  ['text', 'x'],
  ['a list', []],
  ['an object without resources', { Outputs: {} }],
  ['resources that are a list', { Resources: [R] }],
  ['no resource', { Resources: {} }],
])('%s is no template', (_name, body) => {
  expect(gapsOf(body)).toEqual([NONE]);
  expect(of(body).resources).toEqual([]);
});

test.each<[string, object, string]>([
  ['the path of its construct', { Metadata: { 'aws:cdk:path': 'App/Fleet/It' } }, 'App/Fleet/It'],
  ['its logical id where the path is no text', { Metadata: { 'aws:cdk:path': 7 } }, 'It'],
  ['its logical id where nothing says more', {}, 'It'],
])('a resource is named by %s', (_name, more, path) =>
  expect(of({ Resources: { It: { Type: 'X', ...more } } }).resources.map((each) => each.path)).toEqual([path]),
);

test.each<[unknown, string[]]>([
  [undefined, []],
  ['AWS::Serverless-2016-10-31', []],
  [['AWS::LanguageExtensions', 'AWS::SecretsManager-2020-07-23'], []],
  ['AWS::SecretsManager-2024-09-16', []],
  ['Company', ['macro Company may change the template at deployment']],
  [['AWS::LanguageExtensions', 'Company'], ['macro Company may change the template at deployment']],
  [{ Name: 'A' }, ['macro {"Name":"A"} may change the template at deployment']],
  [7, ['macro 7 may change the template at deployment']],
])('transform %j', (Transform, expected) => expect(gapsOf({ Transform, Resources: R })).toEqual(expected));

test('a module is read, and said to create more', () => {
  const model = of({ Resources: { M: { Type: 'Company::Fleet::MODULE' }, N: { Type: 'MODULE::X' } } });
  expect(model.gaps).toEqual([
    { file: 't.json', logicalId: 'M', message: 'is a module: what it creates is not among what was read' },
  ]);
  expect(model.resources.map(({ type }) => type)).toEqual(['Company::Fleet::MODULE', 'MODULE::X']);
});

test('each stack whose template was not read is said once, by file and resource', () => {
  const Resources = { A: stack('https://x/a.json'), B: stack('https://x/b.json'), C: stack('https://x/c.json') };
  const model = new Model(['one.json', 'two.json'].map((path) => ({ path, body: { Resources } })));
  expect(model.gaps.map(({ file, logicalId, location }) => [file, logicalId, location]).sort()).toEqual(
    ['one.json', 'two.json'].flatMap((file) => ['A', 'B', 'C'].map((id) => [file, id, 'Properties/TemplateURL'])),
  );
});

describe('the template of a nested stack', () => {
  const inner = { path: 'a/inner.json', body: { Resources: R } };
  const found = (resource: object, assets?: Record<string, string>) => {
    const outer = { path: 'a/outer.json', body: { Resources: { S: resource } }, assets };
    const model = new Model([outer, inner, { path: 'inner.json', body: { Resources: { Y: { Type: 'Y' } } } }]);
    return model.ofType('X').map(({ id }) => id);
  };
  const nested = ['a/outer.json/S#It'];
  const own = ['a/inner.json#It'];

  test.each<[string, object, Record<string, string> | undefined, string[]]>([
    ['by a path beside it', stack('inner.json'), undefined, nested],
    ['by a path that begins here', stack('./inner.json'), undefined, nested],
    ['by the path of its asset', stack({}, { Metadata: { 'aws:asset:path': 'inner.json' } }), undefined, nested],
    ['by the hash of its asset', stack({ 'Fn::Sub': 'https://b/0abc.json' }), { '0abc': 'inner.json' }, nested],
    ['not by another hash', stack({ 'Fn::Sub': 'https://b/0abd.json' }), { '0abc': 'inner.json' }, own],
    ['of a stack set', { ...stack('inner.json'), Type: 'AWS::CloudFormation::StackSet' }, undefined, nested],
    ['not of another type', { ...stack('inner.json'), Type: 'Y' }, undefined, own],
    ['not without properties', { Type: 'AWS::CloudFormation::Stack' }, undefined, own],
  ])('is found %s', (_name, resource, assets, expected) => expect(found(resource, assets)).toEqual(expected));

  const deep = (count: number) =>
    Array.from({ length: count }, (_, at) => ({
      path: `${at}.json`,
      body: { Resources: at === count - 1 ? R : { S: stack(`${at + 1}.json`) } },
    }));

  test('is followed down to twenty, and no further', () => {
    expect(new Model(deep(21)).gaps).toEqual([]);
    expect(new Model(deep(21)).ofType('X')).toHaveLength(1);
    expect(new Model(deep(22)).gaps.map(({ message, file }) => [file, message])).toEqual([
      ['20.json', 'nests stacks too deeply, or in a circle'],
    ]);
  });

  test('of a stack set may stand in it, with parameters in a list', () => {
    const body = {
      Parameters: { P: { Type: 'String' } },
      Resources: { It: { Type: 'X', Properties: { P: { Ref: 'P' } } } },
    };
    const Parameters = [{ ParameterKey: 'Q', ParameterValue: 'no' }, { ParameterKey: 'P', ParameterValue: 'v' }, 7];
    const set = (TemplateBody: unknown) =>
      of({ Resources: { S: { Type: 'AWS::CloudFormation::StackSet', Properties: { TemplateBody, Parameters } } } });
    const model = set(JSON.stringify(body));
    expect(model.ofType('X').map(({ variants }) => variants.map(({ value }) => value.P))).toEqual([['v']]);
    expect(model.gaps).toEqual([]);
    for (const odd of ['{', '[]', undefined]) expect(set(odd).gaps).toHaveLength(1);
  });
});

test('resources that a function of somebody creates are of two kinds', () => {
  const types = ['Custom::Pump', 'AWS::CloudFormation::CustomResource', 'AWS::CloudFormation::Stack2', 'MyCustom::A'];
  const model = of({ Resources: Object.fromEntries(types.map((Type, at) => [`R${at}`, { Type }])) });
  expect(customResources(model).map(({ type }) => type)).toEqual(types.slice(0, 2));
  expect(customResources(model)).toBe(customResources(model));
});

test('outputs are resolved, also those that are no object', () => {
  const { outputs } = of({
    Resources: R,
    Outputs: { A: { Value: { 'Fn::Join': ['-', ['a', 'b']] } }, B: 'text', C: {} },
  });
  expect(outputs.map(({ logicalId, variants }) => [logicalId, variants.map(({ value }) => value)])).toEqual([
    ['A', ['a-b']],
    ['B', ['text']],
    ['C', [null]],
  ]);
});
