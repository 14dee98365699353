import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { losses } from '../support/losses';
import { referenceApp, type TemplateJson, templatesOf } from '../support/reference';

const GOLDEN = join(__dirname, 'golden');
const UPDATE = process.env.UPDATE_GOLDEN === 'true';

/** Asset hashes change with every line of a handler, which replaces nothing. */
function scrubbed(template: TemplateJson): TemplateJson {
  return JSON.parse(JSON.stringify(template).replace(/[0-9a-f]{64}/g, 'ASSET')) as TemplateJson;
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
