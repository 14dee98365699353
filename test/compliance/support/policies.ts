import type { Resources } from './rewrite';

export const ARN = 'arn:aws:iot:eu-central-1:123456789012:';
export const THING = '${iot:Connection.Thing.ThingName}';
export const IS_ATTACHED = { Bool: { 'iot:Connection.Thing.IsAttached': ['true'] } };

export interface Statement {
  readonly [element: string]: unknown;
}

export function allow(actions: string | string[], resources: string | string[], condition?: object): Statement {
  const arns = [resources]
    .flat()
    .map((resource) => (resource === '*' || resource.startsWith('arn:') ? resource : ARN + resource));
  return {
    Effect: 'Allow',
    Action: actions,
    Resource: arns.length === 1 ? arns[0]! : arns,
    ...(condition === undefined ? {} : { Condition: condition }),
  };
}

export function deny(actions: string | string[], resources: string | string[]): Statement {
  return { ...allow(actions, resources), Effect: 'Deny' };
}

/** A policy resource of these statements. */
export function policy(...statements: Statement[]): Resources {
  return {
    DevicePolicy: {
      Type: 'AWS::IoT::Policy',
      Properties: { PolicyDocument: { Version: '2012-10-17', Statement: statements } },
    },
  };
}

export const CONNECT = allow('iot:Connect', `client/${THING}`, IS_ATTACHED);

/** The same policy as JSON text inside of a provisioning template. */
export function provisioned(...statements: Statement[]): Resources {
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  const body = { Resources: { policy: { Type: 'AWS::IoT::Policy', Properties: { PolicyDocument } } } };
  return {
    Template: {
      Type: 'AWS::IoT::ProvisioningTemplate',
      Properties: { ProvisioningRoleArn: 'arn:aws:iam::123456789012:role/x', TemplateBody: JSON.stringify(body) },
    },
  };
}
