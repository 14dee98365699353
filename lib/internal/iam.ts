/** An IAM policy statement as it stands in the template. */
export interface IamStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: unknown;
  readonly Action: string | string[];
  readonly Resource?: unknown;
  readonly Condition?: unknown;
}

/** An IAM policy document of the given statements. */
export function policyDocument(statements: readonly IamStatement[]): object {
  return { Version: '2012-10-17', Statement: statements };
}

/**
 * The same rights in fewer words: statements that differ in their resources only become one. A managed policy holds 6,144
 * characters, and many constructs of a stack may share a function.
 */
export function merge(statements: readonly IamStatement[]): IamStatement[] {
  const merged = new Map<string, { statement: IamStatement; resources: Map<string, unknown> }>();
  for (const statement of statements) {
    const { Resource: resources, ...rest } = statement;
    const key = JSON.stringify(rest);
    const entry = merged.get(key) ?? { statement, resources: new Map<string, unknown>() };
    for (const resource of [resources].flat()) entry.resources.set(JSON.stringify(resource), resource);
    merged.set(key, entry);
  }
  return [...merged.values()].map(({ statement, resources }) => ({ ...statement, Resource: [...resources.values()] }));
}

/** Allows actions on resources; the resources are as narrow as AWS supports. */
export function allow(action: string[], resource: string[], condition?: object): IamStatement {
  return {
    Effect: 'Allow',
    Action: action,
    Resource: resource,
    ...(condition === undefined ? {} : { Condition: condition }),
  };
}

/**
 * Lets a service assume a role only on behalf of this account and, where given, of one resource of it.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/cross-service-confused-deputy-prevention.html
 */
export function assumedBy(
  service: string,
  options: { readonly account?: string; readonly sourceArn?: string } = {},
): object {
  const condition = {
    ...(options.account === undefined ? {} : { StringEquals: { 'aws:SourceAccount': options.account } }),
    ...(options.sourceArn === undefined ? {} : { ArnLike: { 'aws:SourceArn': options.sourceArn } }),
  };
  return policyDocument([
    {
      Effect: 'Allow',
      Principal: { Service: service },
      Action: 'sts:AssumeRole',
      ...(Object.keys(condition).length === 0 ? {} : { Condition: condition }),
    },
  ]);
}
