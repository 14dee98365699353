import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fullDiff, ResourceImpact } from '@aws-cdk/cloudformation-diff';
import { referenceApp, type TemplateJson, templatesOf } from '../support/reference';

const GOLDEN = join(__dirname, 'golden');
const UPDATE = process.env.UPDATE_GOLDEN === 'true';

/** What holds state that a replacement would lose, or has a name that devices and policies know. */
const STATEFUL = [
  'AWS::DynamoDB::Table',
  'AWS::IoT::Policy',
  'AWS::IoT::ProvisioningTemplate',
  'AWS::IoT::ThingGroup',
  'AWS::IoT::ThingType',
  'AWS::KMS::Key',
  'AWS::Logs::LogGroup',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
];

const LOSING = [
  ResourceImpact.WILL_REPLACE,
  ResourceImpact.WILL_DESTROY,
  ResourceImpact.WILL_ORPHAN,
  ResourceImpact.MAY_REPLACE,
];

/** Asset hashes change with every line of a handler, which replaces nothing. */
function scrubbed(template: TemplateJson): TemplateJson {
  return JSON.parse(JSON.stringify(template).replace(/[0-9a-f]{64}/g, 'ASSET')) as TemplateJson;
}

/** The stateful resources that going from one template to another would replace or remove. */
function losses(before: TemplateJson, after: TemplateJson): string[] {
  const found: string[] = [];
  fullDiff(before as never, after as never).resources.forEachDifference((id, change) => {
    const type = change.oldResourceType ?? change.newResourceType ?? '';
    if (change.isAddition || !STATEFUL.includes(type)) return;
    if (LOSING.includes(change.changeImpact)) found.push(`${id} (${type}): ${change.changeImpact}`);
  });
  return found;
}

const current = templatesOf(referenceApp().assembly).map(({ stack, template }) => ({
  stack,
  template: scrubbed(template),
}));

describe.each(current)('an upgrade of $stack', ({ stack, template }) => {
  const path = join(GOLDEN, `${stack}.json`);

  if (UPDATE) {
    mkdirSync(GOLDEN, { recursive: true });
    writeFileSync(path, JSON.stringify(template, null, 1) + '\n');
  }

  test('has a golden template', () => expect(existsSync(path)).toBe(true));

  test('replaces nothing that holds state (if that is meant: UPDATE_GOLDEN=true npx jest upgrade, and say so in CHANGELOG.md)', () => {
    expect(losses(JSON.parse(readFileSync(path, 'utf8')) as TemplateJson, template)).toEqual([]);
  });
});

describe('what would be noticed', () => {
  const { template } = current[0]!;
  const idOf = (type: string) => Object.keys(template.Resources).find((id) => template.Resources[id]!.Type === type)!;
  const changed = (id: string, properties: object): TemplateJson => ({
    ...template,
    Resources: {
      ...template.Resources,
      [id]: { ...template.Resources[id]!, Properties: { ...template.Resources[id]!.Properties, ...properties } },
    },
  });

  test('a table with another key', () => {
    const id = idOf('AWS::DynamoDB::Table');
    expect(losses(template, changed(id, { KeySchema: [{ AttributeName: 'other', KeyType: 'HASH' }] }))).toEqual([
      expect.stringContaining(id),
    ]);
  });

  test('a group with another name', () => {
    const id = idOf('AWS::IoT::ThingGroup');
    expect(losses(template, changed(id, { ThingGroupName: 'other' }))).toEqual([expect.stringContaining(id)]);
  });

  test('a resource under another logical id', () => {
    const id = idOf('AWS::DynamoDB::Table');
    const { [id]: moved, ...others } = template.Resources;
    expect(losses(template, { ...template, Resources: { ...others, Moved: moved! } })).toEqual([
      expect.stringContaining(id),
    ]);
  });

  test('but not a description', () => {
    expect(losses(template, changed(idOf('AWS::KMS::Key'), { Description: 'other' }))).toEqual([]);
  });
});
