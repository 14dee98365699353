import type { NamedPolicy } from '../iam/statement';
import { managedPolicy } from './managed-policies';
import { documentOf, type Provider, text, texts } from './provider';

/** Roles, their policies, and keys. */
export const IAM_PROVIDERS: Readonly<Record<string, Provider>> = {
  'AWS::IAM::Role': (request, { world }) => {
    const { properties } = request;
    const name = text(properties, 'RoleName') ?? request.generatedName(64);
    const { partition, account } = world.place;
    const arn = `arn:${partition}:iam::${account}:role${text(properties, 'Path') ?? '/'}${name}`;
    const inline = (Array.isArray(properties.Policies) ? properties.Policies : []) as {
      PolicyName: string;
      PolicyDocument: unknown;
    }[];
    const policies = inline.map(({ PolicyName, PolicyDocument }) => ({
      name: `${request.label}/${PolicyName}`,
      document: documentOf(PolicyDocument),
    }));
    const { managedPolicies } = world.authorizer;
    const limits = [];
    for (const managed of texts(properties.ManagedPolicyArns)) {
      const known = managedPolicy(managed, managedPolicies);
      if (known !== undefined) policies.push(known);
      else limits.push({ subject: `policy ${managed}`, meaning: 'what it says is not known: it allows nothing here' });
    }
    const bound = text(properties, 'PermissionsBoundary');
    const boundary = bound === undefined ? undefined : managedPolicy(bound, managedPolicies);
    if (bound !== undefined && boundary === undefined)
      limits.push({
        subject: `permissions boundary ${bound}`,
        meaning: 'it is no part of the assembly: what it takes away is not taken away here',
      });
    const trust = { name: `trust of ${request.label}`, document: documentOf(properties.AssumeRolePolicyDocument) };
    world.authorizer.roles.set(arn, { arn, name: request.label, trust, policies, boundary });
    const RoleId = `AROA${world.random.fork(arn).hex(17).toUpperCase()}`;
    return { ref: name, attributes: { Arn: arn, RoleId }, limits };
  },

  'AWS::IAM::Policy': (request, { world }) => {
    const { properties } = request;
    for (const role of texts(properties.Roles))
      attach(world.authorizer, role, request.label, properties.PolicyDocument);
    return { ref: text(properties, 'PolicyName') ?? request.generatedName(), attributes: { Id: request.logicalId } };
  },

  'AWS::IAM::RolePolicy': (request, { world }) => {
    const { properties } = request;
    attach(world.authorizer, text(properties, 'RoleName') ?? '', request.label, properties.PolicyDocument);
    return { ref: text(properties, 'PolicyName') ?? request.generatedName() };
  },

  'AWS::IAM::ManagedPolicy': (request, { world }) => {
    const { properties } = request;
    const { partition, account } = world.place;
    const name = text(properties, 'ManagedPolicyName') ?? request.generatedName();
    for (const role of texts(properties.Roles))
      attach(world.authorizer, role, request.label, properties.PolicyDocument);
    const arn = `arn:${partition}:iam::${account}:policy${text(properties, 'Path') ?? '/'}${name}`;
    world.authorizer.managedPolicies.set(arn, { name: request.label, document: documentOf(properties.PolicyDocument) });
    return { ref: arn, attributes: { PolicyArn: arn } };
  },

  'AWS::KMS::Key': (request, { world }) => {
    const { partition, region, account } = world.place;
    const id = world.random.fork(`key ${request.label}`).uuid();
    const arn = `arn:${partition}:kms:${region}:${account}:key/${id}`;
    world.authorizer.resourcePolicies.set(arn, [
      { name: `key policy of ${request.label}`, document: documentOf(request.properties.KeyPolicy) },
    ]);
    return { ref: id, attributes: { Arn: arn, KeyId: id } };
  },
};

function attach(
  { roles }: { readonly roles: ReadonlyMap<string, { readonly arn: string; readonly policies: NamedPolicy[] }> },
  roleName: string,
  name: string,
  document: unknown,
): void {
  const role = [...roles.values()].find(({ arn }) => arn.endsWith(`/${roleName}`));
  // A role that the stacks do not make belongs to somebody else.
  role?.policies.push({ name, document: documentOf(document) });
}
