import { accessDiff } from '../../../lib/compliance/access/diff';
import { accessMatrix, type AccessRow } from '../../../lib/compliance/access/matrix';
import { Model } from '../../../lib/compliance/model/model';
import { ARN, type Statement } from '../support/policies';
import type { Resources } from '../support/rewrite';

export function policyOf(statements: readonly Statement[], name?: string): object {
  return {
    Type: 'AWS::IoT::Policy',
    Properties: {
      PolicyDocument: { Version: '2012-10-17', Statement: statements },
      ...(name === undefined ? {} : { PolicyName: name }),
    },
  };
}

/** A group with a policy on it, as this library attaches it. */
export function grouped(statements: readonly Statement[], group = 'Pumps', id = group): Resources {
  return {
    [`${id}Group`]: { Type: 'AWS::IoT::ThingGroup', Properties: { ThingGroupName: group } },
    [`${id}Policy`]: policyOf(statements, `${group}Policy`),
    [`${id}Attachment`]: {
      Type: 'Custom::IotGroupPolicies',
      Properties: { ThingGroupName: { Ref: `${id}Group` }, Policies: [{ Name: { Ref: `${id}Policy` } }] },
    },
  };
}

export function modelOf(...resources: Resources[]): Model {
  return new Model([{ path: 'app.json', body: { Resources: Object.assign({}, ...resources) as object } }]);
}

/** The row of an identity by its id. */
export function row(model: Model, id: string): AccessRow {
  const { identities } = accessMatrix(model);
  const found = identities.find((each) => each.id === id);
  if (found === undefined) throw new Error(`there is no ${id}, but ${identities.map((each) => each.id).join('; ')}`);
  return found;
}

/** What a row may do, by action. */
export function mayOf({ may }: AccessRow): { [action: string]: string[] } {
  return Object.fromEntries(may.map(({ action, grants }) => [action, grants.map(({ pattern }) => pattern)]));
}

export function sentences(before: Model, after: Model): string[] {
  const { widens, narrows, unknown } = accessDiff(before, after);
  return [
    ...widens.map(({ sentence }) => `widens: ${sentence}`),
    ...narrows.map(({ sentence }) => `narrows: ${sentence}`),
    ...unknown.map((reason) => `unknown: ${reason}`),
  ];
}

export { ARN };
