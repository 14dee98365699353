import { preparsePolicySet, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs';
import { runUnsafeSimulation, type Simulation } from '@cloud-copilot/iam-simulate';
import { type Enforcer, newEnforcer, newModelFromString, StringAdapter } from 'casbin';
import { AttachedPolicy, ConnectionContext, PolicyEvaluator, PolicyRequest } from '../../lib/policy/evaluator';
import { ACCOUNT, DOCUMENT, type Question, QUESTIONS, REGION, THINGS, writtenFor } from './policy-workload';

/** Answers question number i of the workload, from scratch: no engine may keep an answer. */
export type Ask = (i: number) => boolean;

export interface Engine {
  readonly name: string;
  readonly ours: boolean;
  /** What `make` does once, before the questions are asked. */
  readonly prepared: string;
  readonly make: () => Ask | Promise<Ask>;
}

const REQUESTS = {
  Connect: () => PolicyRequest.connect(),
  Publish: PolicyRequest.publish,
  RetainPublish: (topic: string) => PolicyRequest.of('iot:RetainPublish', `topic/${topic}`),
  Subscribe: PolicyRequest.subscribe,
  Receive: PolicyRequest.receive,
};

function evaluator(): PolicyEvaluator {
  return new PolicyEvaluator({
    region: REGION,
    account: ACCOUNT,
    policies: [AttachedPolicy.onThingGroup('pumps', DOCUMENT, 'fleet')],
  });
}

/** Makes a new request object for each question, as a broker has a new packet each time. */
function ours(): Ask {
  const policies = evaluator();
  const connections = new Map(
    THINGS.map((thing) => [thing, policies.forConnection(ConnectionContext.ofThing(thing))] as const),
  );
  const asked = QUESTIONS.map((question) => ({
    connection: connections.get(question.thing)!,
    request: REQUESTS[question.action],
    name: question.name,
  }));
  return (i) => {
    const { connection, request, name } = asked[i]!;
    return connection.isAllowed(request(name));
  };
}

/** The same without a connection: variables and conditions for each question. */
function oursCold(): Ask {
  const policies = evaluator();
  return (i) => {
    const { thing, action, name } = QUESTIONS[i]!;
    return policies.isAllowed(ConnectionContext.ofThing(thing), REQUESTS[action](name));
  };
}

function oursExplained(): Ask {
  const policies = evaluator();
  const contexts = new Map(THINGS.map((thing) => [thing, ConnectionContext.ofThing(thing)] as const));
  return (i) => {
    const { thing, action, name } = QUESTIONS[i]!;
    return policies.evaluate(contexts.get(thing)!, REQUESTS[action](name)).allowed;
  };
}

const CASBIN_MODEL = `
[request_definition]
r = obj, act
[policy_definition]
p = obj, act, eft
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = r.act == p.act && keyMatch(r.obj, p.obj)
`;

/** One enforcer a device, with the thing name written into its rules, and its own prefix matcher: no regular expression. */
async function casbin(): Promise<Ask> {
  const enforcers = new Map<string, Enforcer>();
  for (const thing of THINGS) {
    const lines = writtenFor(thing).flatMap(({ Effect, Action, Resource }) =>
      Resource.flatMap((resource) => Action.map((action) => `p, ${resource}, ${action}, ${Effect.toLowerCase()}`)),
    );
    enforcers.set(thing, await newEnforcer(newModelFromString(CASBIN_MODEL), new StringAdapter(lines.join('\n'))));
  }
  const asked = QUESTIONS.map(({ thing, arn, action }) => ({
    enforcer: enforcers.get(thing)!,
    arn,
    action: `iot:${action}`,
  }));
  // The first question compiles the matcher's expression.
  for (const { enforcer, arn, action } of asked) enforcer.enforceSync(arn, action);
  return (i) => {
    const { enforcer, arn, action } = asked[i]!;
    return enforcer.enforceSync(arn, action);
  };
}

/** Preparsed policies for each device, with the thing name written in, since `like` takes no variable; no entities. */
function cedar(): Ask {
  for (const thing of THINGS) {
    const policies = writtenFor(thing).map(({ Effect, Action, Resource }) => {
      const actions = Action.map((action) => `Action::"${action}"`).join(', ');
      const names = Resource.map((resource) => `context.name like ${JSON.stringify(resource)}`).join(' || ');
      return `${Effect === 'Allow' ? 'permit' : 'forbid'}(principal, action in [${actions}], resource) when { ${names} };`;
    });
    const answer = preparsePolicySet(thing, { staticPolicies: policies.join('\n') });
    if (answer.type !== 'success') throw new Error(JSON.stringify(answer));
  }
  const calls = QUESTIONS.map(({ thing, action, arn }) => ({
    principal: { type: 'Thing', id: thing },
    action: { type: 'Action', id: `iot:${action}` },
    resource: { type: 'Broker', id: 'iot' },
    context: { name: arn },
    preparsedPolicySetId: thing,
    entities: [],
  }));
  return (i) => {
    const answer = statefulIsAuthorized(calls[i]!);
    return answer.type === 'success' && answer.response.decision === 'allow';
  };
}

function simulation(question: Question, Statement: unknown): Simulation {
  return {
    identityPolicies: [{ name: 'fleet', policy: { Version: '2012-10-17', Statement } }],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    request: {
      principal: `arn:aws:iam::${ACCOUNT}:user/${question.thing}`,
      action: `iot:${question.action}`,
      resource: { resource: question.arn, accountId: ACCOUNT },
      contextVariables: {
        'iot:Connection.Thing.ThingName': question.thing,
        'iot:Connection.Thing.IsAttached': 'true',
      },
    },
  };
}

/** Its call without validation, which is the faster one. It has no form that is prepared once. */
function iamSimulate(statements: (thing: string) => unknown): Ask {
  const simulations = QUESTIONS.map((question) => simulation(question, statements(question.thing)));
  return (i) => runUnsafeSimulation(simulations[i]!, {}) === 'Allowed';
}

const ONCE = 'document once; variables and conditions once a connection';

export const ENGINES: readonly Engine[] = [
  { name: 'PolicyEvaluator', ours: true, prepared: ONCE, make: ours },
  { name: 'PolicyEvaluator, explained', ours: true, prepared: ONCE, make: oursExplained },
  { name: 'PolicyEvaluator, new connection', ours: true, prepared: 'document once', make: oursCold },
  {
    name: 'casbin',
    ours: false,
    prepared: 'an enforcer a device, thing name written in, expression compiled, enforceSync',
    make: casbin,
  },
  {
    name: 'Cedar (wasm)',
    ours: false,
    prepared: 'policies preparsed a device, thing name written in, stateful call',
    make: cedar,
  },
  {
    name: 'iam-simulate',
    ours: false,
    prepared: 'nothing (it has no such form)',
    make: () => iamSimulate(() => DOCUMENT.Statement),
  },
  {
    name: 'iam-simulate, names written in',
    ours: false,
    prepared: 'thing name written in',
    make: () => iamSimulate(writtenFor),
  },
];
