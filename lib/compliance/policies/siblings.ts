import { groupPoliciesOf, referencesTo } from '../attachments';
import type { Model } from '../model/model';
import { targetsOf, textOf, type Value } from '../model/value';
import { principalKey } from '../rules/principals';
import { CONNECT, covers } from './acts';
import { type FoundPolicy, policiesOf } from './find';

const cache = new WeakMap<Model, ReadonlyMap<string, readonly FoundPolicy[]>>();

/**
 * Whether a policy that is attached beside this one, wherever this one is attached, says who may connect, and binds it: the
 * client id is then a name that the device does not choose.
 */
export function isConnectBoundBeside(model: Model, policy: FoundPolicy): boolean {
  const holders = [...holdersOf(model).values()].filter((policies) =>
    policies.some(({ resource }) => resource === policy.resource),
  );
  return holders.length > 0 && holders.every((policies) => policies.some(bindsConnect));
}

function bindsConnect({ analysis }: FoundPolicy): boolean {
  const connects = analysis.text.statements.some((each) => !each.denies && covers(each, CONNECT.action));
  return connects && analysis.unknown.length === 0 && analysis.reaches.every(({ act }) => act !== CONNECT);
}

/** The policies of each certificate and thing group. */
function holdersOf(model: Model): ReadonlyMap<string, readonly FoundPolicy[]> {
  const known = cache.get(model);
  const found = known ?? findHolders(model);
  cache.set(model, found);
  return found;
}

function findHolders(model: Model): Map<string, FoundPolicy[]> {
  const found = new Map<string, FoundPolicy[]>();
  const add = (key: string, policies: readonly FoundPolicy[]): void => {
    found.set(key, [...(found.get(key) ?? []), ...policies]);
  };
  const named = byName(model);
  for (const attachment of model.ofType('AWS::IoT::PolicyPrincipalAttachment'))
    for (const { value } of attachment.variants)
      for (const name of namesOf(value.PolicyName))
        add(`principal ${principalKey(model, value.Principal)}`, named.get(name) ?? []);
  for (const { name, policies } of groupPoliciesOf(model)) add(`group ${name}`, policies);
  return found;
}

function namesOf(reference: Value | undefined): string[] {
  return [textOf(reference) ?? '', ...targetsOf(reference).map(({ resource }) => resource)];
}

function byName(model: Model): ReadonlyMap<string, readonly FoundPolicy[]> {
  const found = new Map<string, FoundPolicy[]>();
  for (const policy of policiesOf(model))
    for (const name of new Set(referencesTo(policy.resource))) found.set(name, [...(found.get(name) ?? []), policy]);
  return found;
}
