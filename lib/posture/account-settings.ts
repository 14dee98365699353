import { type CfnResource, Fn, Stack } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import type { Construct, IConstruct } from 'constructs';
import {
  ADOPT_ACCOUNT_SETTINGS,
  CLAIMS_PATH,
  SETTING_TYPES,
  type SettingKind,
  STACK_ENV,
} from '../../lambda/adopt-account-settings/contract';
import { knownInAccount } from '../internal/account-registry';
import { CustomResourceProvider } from '../internal/custom-resource-provider';
import { allow, type IamStatement } from '../internal/iam';
import type { InputErrors } from '../internal/input-errors';

export interface AdoptedSettingProps {
  readonly kind: SettingKind;
  readonly properties: object;
  /** Roles that are handed to the service: each must be named here. */
  readonly passedRoles?: readonly string[];
  /** What must exist first: the rights of the roles. */
  readonly after?: readonly IConstruct[];
}

/** What the handler calls for each setting. None of these actions knows a resource: they are about the account. */
const ACTIONS: Readonly<Record<SettingKind, readonly string[]>> = {
  audit: [
    'iot:DescribeAccountAuditConfiguration',
    'iot:UpdateAccountAuditConfiguration',
    'iot:DeleteAccountAuditConfiguration',
  ],
  logging: ['iot:GetV2LoggingOptions', 'iot:SetV2LoggingOptions'],
  indexing: ['iot:GetIndexingConfiguration', 'iot:UpdateIndexingConfiguration'],
  events: ['iot:DescribeEventConfigurations', 'iot:UpdateEventConfigurations'],
  suppression: [
    'iot:CreateAuditSuppression',
    'iot:DescribeAuditSuppression',
    'iot:UpdateAuditSuppression',
    'iot:DeleteAuditSuppression',
  ],
};

/** Why the handler has rights without a resource; stands in the validation report. */
const WILDCARDS =
  'Settings of the account have no ARN: their actions know no resource. What the stack remembers of them lies below a path of its own, and what others remember can only be read.';

/** Reports a setting that the app manages twice in one account and region; the second would be a second owner. */
export function checkManagedOnce(
  scope: IConstruct,
  kind: string,
  errors: InputErrors,
  code = 'AccountSettingTwice' as const,
): void {
  const known = knownInAccount(scope, kind);
  const first = known.get('');
  if (first === undefined) known.set('', scope.node.path);
  else errors.report(code, `the account and region of this stack already has this setting managed by ${first}`);
}

/** The custom resource that adopts a setting of the account, with exactly the rights that this needs. */
export function adoptSetting(scope: Construct, id: string, props: AdoptedSettingProps): CfnResource {
  const provider = providerOf(scope);
  const statements = statementsFor(Stack.of(scope), props);
  const resource = provider.addResource(scope, id, {
    type: SETTING_TYPES[props.kind],
    properties: props.properties as Record<string, unknown>,
    statements,
    wildcards: WILDCARDS,
  });
  for (const prerequisite of props.after ?? []) resource.node.addDependency(prerequisite);
  return resource;
}

function statementsFor(stack: Stack, props: AdoptedSettingProps): IamStatement[] {
  const folder = `arn:${stack.partition}:ssm:${stack.region}:${stack.account}:parameter${CLAIMS_PATH}/${props.kind}`;
  return [
    allow([...ACTIONS[props.kind]], ['*']),
    ...(props.passedRoles ?? []).map((roleArn) =>
      allow(['iam:PassRole'], [roleArn], { StringEquals: { 'iam:PassedToService': 'iot.amazonaws.com' } }),
    ),
    allow(['ssm:GetParametersByPath'], [folder, `${folder}/*`]),
    allow(['ssm:PutParameter', 'ssm:DeleteParameter'], [`${folder}/${stackGuid(stack)}/*`]),
  ];
}

function providerOf(scope: Construct): CustomResourceProvider {
  const stack = Stack.of(scope);
  const provider = CustomResourceProvider.of(scope, {
    handler: ADOPT_ACCOUNT_SETTINGS,
    description: 'Adopts settings that the account has once, and gives them back',
    environment: { [STACK_ENV]: stackGuid(stack) },
  });
  if (provider.node.tryFindChild('ClaimsChanged') === undefined) listenToOthers(provider);
  return provider;
}

/** When another stack gives back a setting, this one takes up what it had left to the other. */
function listenToOthers(provider: CustomResourceProvider): void {
  const rule = new CfnRule(provider, 'ClaimsChanged', {
    description: 'Another stack changed or gave back settings of the account',
    eventPattern: {
      source: ['aws.ssm'],
      'detail-type': ['Parameter Store Change'],
      detail: { name: [{ prefix: `${CLAIMS_PATH}/` }], operation: ['Update', 'Delete'] },
    },
    targets: [{ id: 'Adopt', arn: provider.function.functionArn }],
  });
  provider.function.allowInvoke('ClaimsChangedPermission', 'events.amazonaws.com', rule.attrArn);
}

/** The unique part of the stack's id: names that contain it survive nothing and belong to no other stack. */
function stackGuid(stack: Stack): string {
  return Fn.select(2, Fn.split('/', stack.stackId));
}
