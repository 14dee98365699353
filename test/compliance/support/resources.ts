import type { Resources } from './rewrite';

/** One resource of a type, by a short id. */
export function one(type: string, Properties: object, id = 'It'): Resources {
  return { [id]: { Type: type, Properties } };
}

export function iot(type: string, Properties: object, id = 'It'): Resources {
  return one(`AWS::IoT::${type}`, Properties, id);
}

/** A copy of resources with one property of one of them replaced; undefined removes it. */
export function change(resources: Resources, id: string, property: string, value: unknown): Resources {
  const resource = resources[id] as { readonly Properties: object };
  const rest = Object.fromEntries(Object.entries(resource.Properties).filter(([name]) => name !== property));
  const Properties = value === undefined ? rest : { ...rest, [property]: value };
  return { ...resources, [id]: { ...resource, Properties } };
}

export function without(resources: Resources, ...ids: string[]): Resources {
  return Object.fromEntries(Object.entries(resources).filter(([id]) => !ids.includes(id)));
}

/** A role that a service assumes for one account. */
export function role(
  statements: object[],
  options: { readonly trust?: object; readonly managed?: unknown[] } = {},
): object {
  const Condition = { StringEquals: { 'aws:SourceAccount': '123456789012' } };
  const trust = options.trust ?? {
    Effect: 'Allow',
    Principal: { Service: ['iot.amazonaws.com', 'credentials.iot.amazonaws.com'] },
    Action: 'sts:AssumeRole',
    Condition,
  };
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [trust] },
      Policies: [{ PolicyName: 'p', PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
      ...(options.managed === undefined ? {} : { ManagedPolicyArns: options.managed }),
    },
  };
}

export const ref = (id: string): object => ({ Ref: id });
export const arnOf = (id: string): object => ({ 'Fn::GetAtt': [id, 'Arn'] });

/** Values that nobody can know before the deployment. */
export const OPEN = { 'Fn::ImportValue': 'not-in-these-templates' };
