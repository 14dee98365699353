import { loadAssembly } from '../../../rehearsal/assembly/load';
import { fitnessOf } from '../../../rehearsal/scenarios/capabilities';
import { assemblyOf } from '../../support/rehearsal-assembly';

const FLEET = {
  Resources: {
    Template: { Type: 'AWS::IoT::ProvisioningTemplate', Properties: { TemplateType: 'FLEET_PROVISIONING' } },
    Profile: { Type: 'AWS::IoT::SecurityProfile', Properties: {} },
  },
};
const nesting = (TemplateURL: unknown) => ({
  Resources: { Nested: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL } } },
});
const join = (key: string) => ({ 'Fn::Join': ['', ['https://s3.', { Ref: 'AWS::URLSuffix' }, `/assets/${key}`]] });
const sub = (key: string) => ({ 'Fn::Sub': `https://s3.\${AWS::Region}.\${AWS::URLSuffix}/assets/${key}` });

describe('what an assembly has for stories', () => {
  const hasOf = (template: object, files: Record<string, string> = {}) =>
    fitnessOf(loadAssembly(assemblyOf({ App: template }, { files }))).has;

  test.each([
    ['in its stacks', FLEET, {}],
    ['in a nested stack', nesting(join('fleet.json')), { 'fleet.json': JSON.stringify(FLEET) }],
    [
      'in a stack that is nested in a nested one',
      nesting(sub('between.json')),
      { 'between.json': JSON.stringify(nesting(join('fleet.json'))), 'fleet.json': JSON.stringify(FLEET) },
    ],
  ])('is found %s', (_where, template, files) => {
    expect(hasOf(template, files)).toEqual(['enrollment', 'device-defender']);
  });

  test.each([
    ['a bucket', sub('fleet.json')],
    ['no name', ''],
    ['nothing', undefined],
  ])('is not looked for in a nested stack from %s that the assembly does not have', (_where, url) => {
    expect(hasOf(nesting(url))).toEqual([]);
  });
});
