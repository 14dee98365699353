import { escapeInvisible } from '../../internal/quote';

/** How a request was decided. An explicit deny always overrides an allow. */
export enum PolicyVerdict {
  /** A statement allows it and none denies it. */
  ALLOWED = 'ALLOWED',
  /** A statement denies it. */
  EXPLICITLY_DENIED = 'EXPLICITLY_DENIED',
  /** No statement allows it. */
  IMPLICITLY_DENIED = 'IMPLICITLY_DENIED',
}

/**
 * Points that AWS does not document, on which a decision rests. The evaluator takes the careful reading of each.
 */
export enum PolicyAssumption {
  /** A shared subscription needs permission for the filter with its `$share` prefix and for the filter without it. */
  SHARED_SUBSCRIPTION_NEEDS_BOTH_FILTERS = 'SHARED_SUBSCRIPTION_NEEDS_BOTH_FILTERS',
  /** Policies of thing groups neither allow nor deny anything that comes over HTTPS. */
  GROUP_POLICIES_NEED_MQTT = 'GROUP_POLICIES_NEED_MQTT',
  /** Exclusive attachment does not bring back group policies when the client ID differs from the thing name. */
  GROUP_POLICIES_NEED_MATCHING_CLIENT_ID = 'GROUP_POLICIES_NEED_MATCHING_CLIENT_ID',
}

/** A statement of a policy, as an explanation names it. */
export interface StatementReference {
  /** Name of the policy, or its place in the list given to the evaluator. */
  readonly policyName: string;
  /** What the policy is attached to: `certificate`, or `thing group` and its name. */
  readonly target: string;
  /** Place of the statement in the document, counted from 0. */
  readonly statementIndex: number;
  /**
   * The statement's own identifier.
   *
   * @default - the statement has none
   */
  readonly sid?: string;
  /** `Allow` or `Deny`. */
  readonly effect: string;
  /** All of it in words. */
  readonly label: string;
}

/** The allow that came closest to a request that no statement allows. */
export interface NearestAllow {
  /** The statement. */
  readonly statement: StatementReference;
  /** What keeps it from applying. */
  readonly reason: string;
}

/** One permission that a request needs, and how it was decided. */
export interface PolicyCheck {
  /** The action, such as `iot:Publish`. */
  readonly action: string;
  /** ARN of the resource. */
  readonly resource: string;
  /** How it was decided. */
  readonly verdict: PolicyVerdict;
  /** The statements that deny it, or else those that allow it. */
  readonly because: StatementReference[];
}

/** Properties of a `PolicyDecision`. */
export interface PolicyDecisionProps {
  /** Every permission that the request needs. */
  readonly checks: PolicyCheck[];
  /** Policy variables and condition keys that statements about the request use, and that have no value. */
  readonly missingContextValues: string[];
  /** What stands in the way, in words. */
  readonly missing: string[];
  /**
   * The allow that came closest.
   *
   * @default - no statement speaks of the action, or the request is not implicitly denied
   */
  readonly nearestAllow?: NearestAllow;
  /** Undocumented points that the decision rests on. */
  readonly assumptions: PolicyAssumption[];
}

/**
 * The answer of the evaluator: whether a request is allowed, because of which statements, and what is missing.
 *
 * @example
 * declare const evaluator: PolicyEvaluator;
 * const asked = PolicyRequest.publish('pumps/pump-8/telemetry');
 * const decision: PolicyDecision = evaluator.evaluate(ConnectionContext.ofThing('pump-7'), asked);
 * if (decision.verdict === PolicyVerdict.IMPLICITLY_DENIED) console.log(decision.toString());
 */
export class PolicyDecision {
  /** How the request as a whole was decided. */
  public readonly verdict: PolicyVerdict;
  /** The statements that decided: those that deny, or else those that allow. Empty for an implicit deny. */
  public readonly because: StatementReference[];
  /** Every permission that the request needs; a retained publish needs two, a connection with a will up to three. */
  public readonly checks: PolicyCheck[];
  /**
   * Policy variables and condition keys that statements about the request use, and that have no value on this connection.
   * A deny on such a resource does not take effect.
   */
  public readonly missingContextValues: string[];
  /** What stands in the way, in words. Empty for an allowed request. */
  public readonly missing: string[];
  /** The allow that came closest to an implicitly denied request. */
  public readonly nearestAllow?: NearestAllow;
  /** Undocumented points that the decision rests on. */
  public readonly assumptions: PolicyAssumption[];

  constructor(props: PolicyDecisionProps) {
    const denied = props.checks.filter((check) => check.verdict === PolicyVerdict.EXPLICITLY_DENIED);
    const unallowed = props.checks.filter((check) => check.verdict === PolicyVerdict.IMPLICITLY_DENIED);
    const deciding = denied.length > 0 ? denied : unallowed.length > 0 ? unallowed : props.checks;
    this.verdict = deciding[0]?.verdict ?? PolicyVerdict.IMPLICITLY_DENIED;
    this.because = deciding.flatMap((check) => check.because);
    this.checks = props.checks;
    this.missingContextValues = props.missingContextValues;
    this.missing = props.missing;
    this.nearestAllow = props.nearestAllow;
    this.assumptions = props.assumptions;
  }

  /** Whether the request goes through. */
  public get allowed(): boolean {
    return this.verdict === PolicyVerdict.ALLOWED;
  }

  /** The decision in words, on one line: control characters of names are escaped. */
  public toString(): string {
    const verdict = this.verdict.toLowerCase().replace('_', ' ');
    const because = this.because.length > 0 ? ` by ${this.because.map((statement) => statement.label).join(', ')}` : '';
    const missing = this.missing.length > 0 ? `: ${this.missing.join('; ')}` : '';
    return escapeInvisible(`${verdict}${because}${missing}`);
  }
}
