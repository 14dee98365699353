import {
  AttachedPolicy,
  type CertificateAttributes,
  ConnectionContext,
  type ConnectionEvaluator,
  type LastWill,
  PolicyEvaluator,
  PolicyRequest,
  PolicyVerdict,
  type StatementReference,
  ThingAttachment,
} from '../../lib/policy/evaluator';
import type { AuthorizationView, Decision, Registry, VirtualClock } from '../ports';

/** What of a connection a policy can depend on, besides what the registry knows. */
export interface ConnectionFacts {
  readonly certificateId: string;
  readonly clientId: string;
  readonly certificate?: CertificateAttributes;
  readonly sourceIp?: string;
  readonly domainName?: string;
  readonly lastWill?: LastWill;
  readonly persistent?: boolean;
}

/** How a request was decided: every permission that it needs, and whether all of them are there. */
export interface Ruling {
  readonly allowed: boolean;
  readonly decisions: readonly { readonly decision: Decision; readonly words: string }[];
}

type Verb = 'connect' | 'publish' | 'retain' | 'subscribe' | 'receive';

const REQUESTS: { readonly [verb in Verb]: (name: string) => PolicyRequest } = {
  connect: () => PolicyRequest.connect(),
  publish: (topic) => PolicyRequest.publish(topic),
  retain: (topic) => PolicyRequest.retain(topic),
  subscribe: (filter) => PolicyRequest.subscribe(filter),
  receive: (topic) => PolicyRequest.receive(topic),
};

/** A connection that asks about ever new topics must not fill the memory. */
const MAX_REMEMBERED = 1_000;

/** Compiled policies, shared by all connections under the same ones. */
export class Evaluators {
  private readonly made = new Map<string, PolicyEvaluator>();

  public of(view: AuthorizationView): PolicyEvaluator {
    const { policies, partition, region, account, parentGroups } = view;
    const key = JSON.stringify([partition, region, account, policies, parentGroups]);
    const known = this.made.get(key);
    if (known !== undefined) return known;
    const evaluator = new PolicyEvaluator({
      partition,
      region,
      account,
      parentGroups: { ...parentGroups },
      policies: policies.map(({ document, policyName, thingGroupName }) =>
        thingGroupName === undefined
          ? AttachedPolicy.onCertificate(document, policyName)
          : AttachedPolicy.onThingGroup(thingGroupName, document, policyName),
      ),
    });
    this.made.set(key, evaluator);
    return evaluator;
  }
}

/**
 * What one connection may do, by the policies that the service's authorizer sees at the moment of each request. Decisions
 * are remembered until the registry changes, or until a change of before becomes visible.
 */
export class Rights {
  private view: AuthorizationView;
  private evaluator: ConnectionEvaluator;
  private dependsOnTime = false;
  private readonly remembered = new Map<Verb, Map<string, Ruling>>();

  constructor(
    private readonly registry: Registry,
    private readonly clock: VirtualClock,
    private readonly evaluators: Evaluators,
    private readonly facts: ConnectionFacts,
  ) {
    this.view = registry.authorization(facts.certificateId, facts.clientId);
    this.evaluator = this.compile();
  }

  /** The thing that the connection stands for. */
  public get thing(): AuthorizationView['thing'] {
    return this.view.thing;
  }

  public decide(verb: Verb, name: string): Ruling {
    this.refresh();
    let byName = this.remembered.get(verb);
    if (byName === undefined) this.remembered.set(verb, (byName = new Map()));
    const known = byName.get(name);
    if (known !== undefined) return known;
    const ruling = this.rule(verb, name);
    if (byName.size >= MAX_REMEMBERED) byName.clear();
    byName.set(name, ruling);
    return ruling;
  }

  private rule(verb: Verb, name: string): Ruling {
    const decision = this.evaluator.evaluate(REQUESTS[verb](name));
    const missing = [...decision.missing];
    const decisions = decision.checks.map((check) => {
      const { action, resource } = check;
      const allowed = check.verdict === PolicyVerdict.ALLOWED;
      const because = check.because.map(statementOf);
      return {
        words: `${allowed ? 'allowed' : 'denied'}: ${action} on ${nameIn(resource)}`,
        decision: { action, resource, allowed, because, ...(allowed ? {} : { missing: missing.shift() }) },
      };
    });
    return { allowed: decision.allowed, decisions };
  }

  private refresh(): void {
    const { registry, clock, facts, view } = this;
    const isRight = registry.revision === view.revision && clock.now() < view.validUntil;
    if (isRight && !this.dependsOnTime) return;
    if (!isRight) this.view = registry.authorization(facts.certificateId, facts.clientId);
    this.remembered.clear();
    this.evaluator = this.compile();
  }

  private compile(): ConnectionEvaluator {
    const { view, facts } = this;
    this.dependsOnTime = view.policies.some(({ document }) => /aws:(CurrentTime|EpochTime)/i.test(document));
    return this.evaluators.of(view).forConnection(
      new ConnectionContext({
        ...facts,
        thingName: view.thing?.thingName,
        thingTypeName: view.thing?.thingTypeName,
        attributes: { ...view.thing?.attributes },
        thingGroupNames: [...(view.thing?.groups ?? [])],
        attachment: view.thing === undefined ? undefined : ThingAttachment[view.thing.principalType],
        currentTime: new Date(this.clock.now()),
      }),
    );
  }
}

function statementOf({ policyName, statementIndex, sid, effect, label }: StatementReference) {
  return { policyName, statementIndex, sid, effect: effect as 'Allow' | 'Deny', label };
}

/** What stands in an ARN after the account. */
function nameIn(resource: string): string {
  return resource.split(':').slice(5).join(':');
}
