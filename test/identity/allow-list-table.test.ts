import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, Stack, Stage } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { CfnKey } from 'aws-cdk-lib/aws-kms';
import { AllowList } from '../../lib/identity/allow-list';
import { AllowListTable } from '../../lib/identity/allow-list-table';
import { templateOf, testApp, testStack } from '../support/app';

describe('the table', () => {
  test('is encrypted, recoverable, guarded and kept', () => {
    const stack = testStack();
    new AllowListTable(stack, 'List', AllowList.managedOutside(), undefined);
    templateOf(stack).hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        DeletionProtectionEnabled: true,
        KeySchema: [{ AttributeName: 'serial', KeyType: 'HASH' }],
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: {
          SSEEnabled: true,
          SSEType: 'KMS',
          KMSMasterKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ZeroTrustKey'), 'Arn'] },
        },
      },
    });
  });

  test('is encrypted with a key of the user', () => {
    const stack = testStack();
    const key = new CfnKey(stack, 'Mine', { keyPolicy: {} });
    const table = new AllowListTable(stack, 'List', AllowList.managedOutside(), key);
    templateOf(stack).hasResourceProperties('AWS::DynamoDB::Table', {
      SSESpecification: { KMSMasterKeyId: { 'Fn::GetAtt': ['Mine', 'Arn'] } },
    });
    expect(stack.resolve(table.rights(['dynamodb:GetItem']))).toEqual([
      expect.objectContaining({
        Action: ['dynamodb:GetItem'],
        Resource: [{ 'Fn::GetAtt': [expect.stringMatching('^List'), 'Arn'] }],
      }),
      expect.objectContaining({ Action: ['kms:Decrypt'], Resource: [{ 'Fn::GetAtt': ['Mine', 'Arn'] }] }),
    ]);
  });
});

describe('the import', () => {
  function listIn(stack: Stack, ...serials: string[]): AllowListTable {
    return new AllowListTable(stack, 'List', AllowList.fromSerials(serials), undefined);
  }

  /** The texts that an assembly stages, each read from where its manifest of assets says that it is. */
  function staged(app: App, folder: string): string[] {
    app.synth();
    const manifest = readdirSync(folder).find((file) => file.endsWith('.assets.json')) as string;
    const { files } = JSON.parse(readFileSync(join(folder, manifest), 'utf8')) as {
      files: Record<string, { source: { path: string; packaging: string } }>;
    };
    return Object.values(files)
      .filter(({ source }) => /asset\.[0-9a-f]{64}\.txt$/.test(source.path) && source.packaging === 'file')
      .map(({ source }) => readFileSync(join(folder, source.path), 'utf8'));
  }

  test('takes the list from a file of the assembly', () => {
    const app = testApp();
    listIn(new Stack(app, 'S'), 'B', 'A');
    expect(staged(app, app.outdir)).toEqual(['A\nB\n']);
  });

  test('finds the file from the assembly of a stage as well', () => {
    const app = testApp();
    const stage = new Stage(app, 'Prod');
    listIn(new Stack(stage, 'S'), 'A');
    expect(staged(app, stage.outdir)).toEqual(['A\n']);
  });

  test('changes its properties with the list, whatever the order of the list', () => {
    const key = (...serials: string[]) => {
      const stack = testStack();
      listIn(stack, ...serials);
      return Object.values(templateOf(stack).findResources('Custom::IotAllowList'))[0]?.Properties.Key;
    };
    expect(key('A', 'B')).toBe(key('B', 'A'));
    expect(key('A', 'B')).not.toBe(key('A', 'C'));
  });

  test('reads this one file and writes this one table', () => {
    const stack = testStack();
    const table = listIn(stack, 'A');
    const template = templateOf(stack);
    const [resource] = Object.values(template.findResources('Custom::IotAllowList'));
    expect(resource?.Properties).toMatchObject({ TableName: stack.resolve(table.resource.ref), Count: '1' });
    const [{ Properties }] = Object.values(template.findResources('AWS::IAM::RolePolicy')) as [
      { Properties: { PolicyDocument: { Statement: unknown } } },
    ];
    const statements = Properties.PolicyDocument.Statement as { Action: string[]; Resource: unknown }[];
    const of = (action: string) => statements.find(({ Action }) => Action.includes(action));
    expect(JSON.stringify(of('s3:GetObject')?.Resource)).toContain(`/${resource?.Properties.Key}`);
    expect(of('dynamodb:Scan')).toMatchObject({
      Action: ['dynamodb:Scan', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
      Resource: [stack.resolve(table.resource.attrArn)],
    });
  });

  test('is there for an empty list too, and not for one that is managed outside', () => {
    const count = (list: AllowList) => {
      const stack = testStack();
      const table = new AllowListTable(stack, 'List', list, undefined);
      const found = Object.keys(templateOf(stack).findResources('Custom::IotAllowList')).length;
      expect(table.import === undefined).toBe(found === 0);
      return found;
    };
    expect([count(AllowList.empty()), count(AllowList.managedOutside())]).toEqual([1, 0]);
  });

  test('shares one function between the lists of a stack', () => {
    const stack = testStack();
    listIn(stack, 'A');
    new AllowListTable(stack, 'Other', AllowList.fromSerials(['A']), undefined);
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::Lambda::Function', 1);
    template.resourceCountIs('Custom::IotAllowList', 2);
  });
});
