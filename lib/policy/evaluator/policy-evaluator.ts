import { checkProps } from '../../internal/guard';
import { ConfigurationError } from '../../internal/configuration-error';
import { Problems } from '../../internal/problems';
import { quote } from '../../internal/quote';
import { MAX_DOCUMENT } from '../size';
import type { AttachedPolicy } from './attached-policy';
import { ConnectionContext } from './connection-context';
import { ConnectionEvaluator } from './connection-evaluator';
import { DocumentReader } from './document';
import type { PolicyDecision } from './policy-decision';
import type { PolicyRequest } from './policy-request';
import type { Environment } from './scope';
import type { Statement } from './statement';

/** Properties of a `PolicyEvaluator`. */
export interface PolicyEvaluatorProps {
  /** All policies of the certificate, of the thing's groups, and of the ancestors of these. */
  readonly policies: AttachedPolicy[];

  /** Region that the device connects to, such as `eu-central-1`: part of every resource. */
  readonly region: string;

  /** Account that the device connects to: part of every resource. */
  readonly account: string;

  /**
   * Partition of the region: `aws`, `aws-cn` or `aws-us-gov`.
   *
   * @default 'aws'
   */
  readonly partition?: string;

  /**
   * Parent of each thing group that has one, by the group's name. Policies of a parent apply to things of its children.
   *
   * @default - no group has a parent
   */
  readonly parentGroups?: { [thingGroupName: string]: string };
}

/**
 * Decides what AWS IoT policies let a device do, as AWS IoT Core would, without an account.
 *
 * Deny by default; an explicit deny in any policy overrides every allow; the policies of the certificate and of thing
 * groups are united, and those of groups count only while the MQTT client ID equals the thing name. Documents are checked
 * and compiled when the evaluator is made. Where AWS documents nothing, the careful reading is taken and the decision
 * names it.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/iot-policies.html
 * @example
 *
 * const evaluator = new PolicyEvaluator({
 *   region: 'eu-central-1',
 *   account: '123456789012',
 *   policies: [
 *     AttachedPolicy.onThingGroup('pumps', {
 *       Version: '2012-10-17',
 *       Statement: {
 *         Effect: 'Allow',
 *         Action: 'iot:Publish',
 *         Resource: 'arn:aws:iot:eu-central-1:123456789012:topic/pumps/${iot:Connection.Thing.ThingName}/*',
 *       },
 *     }),
 *   ],
 * });
 * const pump = ConnectionContext.ofThing('pump-7');
 * const decision = evaluator.evaluate(pump, PolicyRequest.publish('pumps/pump-8/telemetry'));
 * decision.allowed; // false
 * decision.toString(); // says which statement decided, or that none allows it
 */
export class PolicyEvaluator {
  private readonly statements: readonly Statement[];
  private readonly environment: Environment;
  private readonly connections = new WeakMap<ConnectionContext, ConnectionEvaluator>();

  /** Fails, naming every place, for documents that AWS IoT would not store, and without account, region or partition. */
  constructor(props: PolicyEvaluatorProps) {
    checkProps(undefined, 'PolicyEvaluatorProps', props);
    const problems = new Problems();
    const { account, region, partition = 'aws' } = props;
    for (const [name, value] of Object.entries({ account, region, partition }))
      if (value === '') problems.report('PolicyScopeInvalid', `'${name}' must not be empty: no resource would match`);
    this.environment = {
      partition: props.partition ?? 'aws',
      region: props.region,
      account: props.account,
      parentGroups: new Map(Object.entries(props.parentGroups ?? {})),
    };
    this.statements = props.policies.flatMap(({ document, target, thingGroupName, policyName, _isOfAnySize }, i) => {
      const where = { policyName: policyName ?? `policy ${i}`, target, thingGroupName };
      return new DocumentReader(where, problems).read(document, _isOfAnySize === true ? Infinity : MAX_DOCUMENT);
    });
    problems.throwIfAny();
  }

  /** Whether the request is allowed, because of which statements, and what is missing. */
  public evaluate(context: ConnectionContext, request: PolicyRequest): PolicyDecision {
    return this.forConnection(context).evaluate(request);
  }

  /** Whether the request is allowed. The fast way: nothing is explained. */
  public isAllowed(context: ConnectionContext, request: PolicyRequest): boolean {
    return this.forConnection(context).isAllowed(request);
  }

  /** The policies compiled for one connection, for many decisions on it. The same context gives the same object. */
  public forConnection(context: ConnectionContext): ConnectionEvaluator {
    const known = this.connections.get(context);
    if (known !== undefined) return known;
    if (!ConnectionContext._is(context)) {
      const got = typeof context === 'string' ? quote(context) : typeof context;
      throw new ConfigurationError(
        'ConnectionContextInvalid',
        `'context' must be a ConnectionContext, such as ConnectionContext.ofThing('pump-7'), got ${got}`,
      );
    }
    const made = ConnectionEvaluator._of(this.environment, this.statements, context);
    this.connections.set(context, made);
    return made;
  }
}
