import {
  AttachedPolicy,
  ConnectionContext,
  type ConnectionContextProps,
  type PolicyDecision,
  PolicyEvaluator,
  type PolicyRequest,
  ThingAttachment,
} from '../../lib/policy/evaluator';

export const REGION = 'us-east-1';
export const ACCOUNT = '123456789012';
export const ARN = `arn:aws:iot:${REGION}:${ACCOUNT}:`;
export const THING_NAME = '${iot:Connection.Thing.ThingName}';

export interface StatementJson {
  readonly [element: string]: unknown;
}

/** Resources without their ARN prefix get it. */
export function arns(...names: string[]): string[] {
  return names.map((name) => (name === '*' || name.startsWith('arn:') ? name : ARN + name));
}

export function allow(action: string | string[], resource: string | string[], condition?: object): StatementJson {
  return statement('Allow', action, resource, condition);
}

export function deny(action: string | string[], resource: string | string[], condition?: object): StatementJson {
  return statement('Deny', action, resource, condition);
}

function statement(Effect: string, Action: string | string[], resource: string | string[], Condition?: object) {
  return { Effect, Action, Resource: arns(...[resource].flat()), ...(Condition === undefined ? {} : { Condition }) };
}

export function documentOf(...statements: StatementJson[]): object {
  return { Version: '2012-10-17', Statement: statements };
}

/** An evaluator for one document on the certificate. */
export function certificatePolicy(...statements: StatementJson[]): PolicyEvaluator {
  return evaluatorOf(AttachedPolicy.onCertificate(documentOf(...statements), 'certificate-policy'));
}

/** An evaluator for one document on the group `pumps`. */
export function groupPolicy(...statements: StatementJson[]): PolicyEvaluator {
  return evaluatorOf(AttachedPolicy.onThingGroup('pumps', documentOf(...statements), 'group-policy'));
}

export function evaluatorOf(...policies: AttachedPolicy[]): PolicyEvaluator {
  return new PolicyEvaluator({ region: REGION, account: ACCOUNT, policies });
}

/** A device of the registry, as AWS's examples have it: attached, client ID equal to the thing name. */
export function registered(thingName: string, more: ConnectionContextProps = {}): ConnectionContext {
  return new ConnectionContext({ thingName, attachment: ThingAttachment.NON_EXCLUSIVE_THING, ...more });
}

/** A device that is not in the registry. */
export function unregistered(clientId: string, more: ConnectionContextProps = {}): ConnectionContext {
  return new ConnectionContext({ clientId, ...more });
}

/** The decision, after checking that the fast way agrees with the explained one. */
export function decide(evaluator: PolicyEvaluator, context: ConnectionContext, request: PolicyRequest): PolicyDecision {
  const decision = evaluator.evaluate(context, request);
  if (evaluator.isAllowed(context, request) !== decision.allowed) throw new Error('the two ways do not agree');
  return decision;
}
