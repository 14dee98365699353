import type { TemplateFile } from '../../../lib/compliance/model/template';

export type Resources = { readonly [logicalId: string]: unknown };

/** Ways to write the same resources: whatever a rule says of one it must say of all. */
export const REWRITES: { readonly [name: string]: (resources: Resources) => TemplateFile[] } = {
  'as it is': (resources) => [{ path: 'app.json', body: { Resources: resources } }],
  'joined from pieces': (resources) => [
    { path: 'app.json', body: { Resources: eachText(resources, (text) => ({ 'Fn::Join': ['', pieces(text)] })) } },
  ],
  'with Fn::Sub': (resources) => [
    {
      path: 'app.json',
      body: { Resources: eachText(resources, (text) => ({ 'Fn::Sub': text.replaceAll('${', '${!') })) },
    },
  ],
  'under a condition with equal branches': (resources) => [
    {
      path: 'app.json',
      body: {
        Conditions: { IsProduction: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-central-1'] } },
        Resources: eachText(resources, (text) => ({ 'Fn::If': ['IsProduction', text, text] })),
      },
    },
  ],
  'through the parameters of a nested stack': nested,
  'imported from another stack': imported,
};

function nested(resources: Resources): TemplateFile[] {
  const values = new Map<string, string>();
  const inner = eachText(resources, (text) => ({ Ref: nameFor(values, text) }));
  const stack = {
    Type: 'AWS::CloudFormation::Stack',
    Properties: {
      TemplateURL: './inner.json',
      Parameters: Object.fromEntries([...values].map(([text, name]) => [name, text])),
    },
  };
  const parameters = Object.fromEntries([...values.values()].map((name) => [name, { Type: 'String' }]));
  return [
    { path: 'outer.json', body: { Resources: { Inner: stack } } },
    { path: 'inner.json', body: { Parameters: parameters, Resources: inner } },
  ];
}

function imported(resources: Resources): TemplateFile[] {
  const values = new Map<string, string>();
  const importing = eachText(resources, (text) => ({ 'Fn::ImportValue': `shared:${nameFor(values, text)}` }));
  const outputs = [...values].map(([text, name]) => [name, { Value: text, Export: { Name: `shared:${name}` } }]);
  return [
    { path: 'app.json', body: { Resources: importing } },
    {
      path: 'shared.json',
      body: {
        Resources: { Handle: { Type: 'AWS::CloudFormation::WaitConditionHandle' } },
        Outputs: Object.fromEntries(outputs),
      },
    },
  ];
}

function nameFor(values: Map<string, string>, text: string): string {
  const name = values.get(text) ?? `Value${values.size}`;
  values.set(text, name);
  return name;
}

function pieces(text: string): string[] {
  const middle = Math.ceil(text.length / 2);
  return [text.slice(0, middle), text.slice(middle)];
}

/** Replaces each literal text in the properties; what stands inside a function stays. */
function eachText(resources: Resources, replace: (text: string) => unknown): Resources {
  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') return replace(value);
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const isFunction = entries.length === 1 && (entries[0]![0] === 'Ref' || entries[0]![0].startsWith('Fn::'));
    return isFunction ? value : Object.fromEntries(entries.map(([key, item]) => [key, walk(item)]));
  };
  return Object.fromEntries(
    Object.entries(resources).map(([id, resource]) => {
      const { Properties, ...rest } = resource as { Properties?: unknown };
      return [id, { ...rest, Properties: walk(Properties ?? {}) }];
    }),
  );
}
