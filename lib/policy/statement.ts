import { Problems } from '../internal/problems';
import { quote } from '../internal/quote';
import { isResource } from './resource-text';
import { copyConditions } from './statement-conditions';
import { hasToken } from './tokens';

/** Whether a statement allows or denies. */
export enum IotEffect {
  /** Allows, unless another statement denies. */
  ALLOW = 'Allow',
  /** Denies, whatever other statements allow. */
  DENY = 'Deny',
}

/** Properties of `IotStatement`. */
export interface IotStatementProps {
  /**
   * What is allowed or denied, such as `iot:Publish`.
   */
  readonly actions: string[];

  /**
   * What the actions are allowed or denied on: `topic/...`, `topicfilter/...`, `client/...`, `rolealias/...` or `thing/...`
   * (the ARN's prefix is added when the policy is rendered), a whole ARN, or `*`.
   *
   * @default - `notResources` must be given
   */
  readonly resources?: string[];

  /**
   * What the statement spares: it applies to everything else. In a Deny, the form that stays closed when a policy variable has
   * no value.
   *
   * @default - `resources` must be given
   */
  readonly notResources?: string[];

  /**
   * Conditions that must all hold: operator, key, values. Operators, and values without tokens, must be those of IAM.
   *
   * @default - the statement always applies
   */
  readonly conditions?: { [operator: string]: { [key: string]: string[] } };
}

const ACTION = /^(?:iot|iotjobsdata):(?:\*|[A-Z][A-Za-z]*\*?)$/;
const RELATIVE = /^(?:client|topic|topicfilter|thing|rolealias)\/./s;
const ABSOLUTE = /^(?:\*$|arn:|\$\{Token\[)/;

/**
 * One statement of an AWS IoT policy.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/iot-policies.html
 *
 * @example
 * const statement = IotStatement.allow({
 *   actions: ['iot:GetRetainedMessage'],
 *   resources: ['topic/pumps/${iot:Connection.Thing.ThingName}/settings'],
 * });
 * const access = Access.of('May read its retained settings', [statement]);
 */
export class IotStatement {
  /** Statement that allows. */
  public static allow(props: IotStatementProps): IotStatement {
    return new IotStatement(IotEffect.ALLOW, props);
  }

  /** Statement that denies, whatever other policies allow. */
  public static deny(props: IotStatementProps): IotStatement {
    return new IotStatement(IotEffect.DENY, props);
  }

  /** Whether the statement allows or denies. */
  public readonly effect: IotEffect;
  /** What is allowed or denied. */
  public readonly actions: string[];
  /** What the actions apply to; empty where `notResources` says what they spare. */
  public readonly resources: string[];
  /** What the statement spares; empty where `resources` says what it applies to. */
  public readonly notResources: string[];
  /** Conditions that must all hold. */
  public readonly conditions: { [operator: string]: { [key: string]: string[] } };

  private constructor(effect: IotEffect, props: IotStatementProps) {
    const problems = new Problems();
    const { actions, resources = [], notResources = [], conditions = {} } = props;
    for (const [name, list] of Object.entries({ actions, resources, notResources })) {
      if (!Array.isArray(list))
        problems.report('PolicyStatementInvalid', `'${name}' must be a list that is known at synth`);
    }
    problems.throwIfAny();
    this.effect = effect;
    this.actions = [...actions];
    this.resources = [...resources];
    this.notResources = [...notResources];
    this.conditions = copyConditions(conditions, problems);
    this.check(problems);
    problems.throwIfAny();
  }

  private check(problems: Problems): void {
    if (this.actions.length === 0) {
      problems.report('PolicyStatementInvalid', "'actions' must name at least one action, such as iot:Publish");
    }
    for (const action of this.actions.filter((name) => !ACTION.test(name))) {
      problems.report(
        'PolicyStatementInvalid',
        `'actions' may hold only actions of iot: and iotjobsdata: that are known at synth, got ${quote(action)}`,
      );
    }
    if (this.resources.length > 0 === this.notResources.length > 0) {
      problems.report('PolicyStatementInvalid', "give either 'resources' or 'notResources', with at least one item");
    }
    for (const resource of [...this.resources, ...this.notResources]) {
      const name = this.resources.length > 0 ? 'resources' : 'notResources';
      if (RELATIVE.test(resource)) continue;
      if (!ABSOLUTE.test(resource)) {
        problems.report(
          'PolicyStatementInvalid',
          `'${name}' must be a list that is known at synth, of texts that start with client/, topic/, topicfilter/, thing/ or rolealias/, ARNs or *, got ${quote(resource)}`,
        );
      } else if (!hasToken(resource) && !isResource(resource)) {
        problems.report(
          'PolicyStatementInvalid',
          `'${name}' may hold ARNs of six parts, of which a * can stand for several, got ${quote(resource)}: write it as arn:aws:iot:REGION:ACCOUNT:topic/NAME, or topic/NAME`,
        );
      }
    }
  }
}
