import { createHash } from 'node:crypto';
import { Stack, Token } from 'aws-cdk-lib';
import { CfnDimension, type DimensionReference, type IDimensionRef } from 'aws-cdk-lib/aws-iot';
import type { ResourceEnvironment } from 'aws-cdk-lib/interfaces';
import { Construct } from 'constructs';
import { markCapability } from '../internal/capability';
import { checkProps } from '../internal/guard';
import { InputErrors, quote } from '../internal/input-errors';
import { checkNameOnce, inSameAccount } from '../internal/account-registry';
import { MAX_DIMENSION_FILTERS, topicFilterProblem } from './topic-filter';

const KIND = 'TopicDimension';
/** Of an account and region. https://docs.aws.amazon.com/general/latest/gr/iot_device_defender.html */
const MAX_DIMENSIONS = 10;

/** Properties of `TopicDimension`. */
export interface TopicDimensionProps {
  /**
   * MQTT topic filters: 1 to 5 of 1 to 256 bytes. The wildcards `+` and `#` work here, and `${iot:ClientId}` stands for the
   * client id of the device. (The service takes 100; CloudFormation takes 5. A larger dimension that exists is
   * `iot.CfnDimension.fromDimensionName(...)`.)
   */
  readonly topicFilters: string[];
  /**
   * Name of the dimension: 1 to 128 of letters, digits, ':', '_' and '-'.
   *
   * @default - CloudFormation generates a unique name
   */
  readonly dimensionName?: string;
}

/**
 * Names a set of topics that Device Defender Detect counts apart, to share it between behaviors, profiles and stacks.
 *
 * A behavior that is narrowed with `onTopics` needs none: the engine makes and shares what it needs. An account and region has at
 * most 10 dimensions; more of them are an error at synth where they can be counted.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/scoping-security-behavior.html
 *
 * @example
 * const commands = new TopicDimension(this, 'Commands', { topicFilters: ['pumps/+/commands/#'] });
 * Behavior.messagesReceived().mustBeAtMost(20).per(Duration.minutes(5)).onDimension(commands);
 */
export class TopicDimension extends Construct implements IDimensionRef {
  /**
   * The dimension of a stack for some topic filters, made at first use.
   *
   * @internal
   */
  public static _of(scope: Construct, topicFilters: string[]): TopicDimension {
    const stack = Stack.of(scope);
    const text = JSON.stringify(stack.resolve(topicFilters));
    const id = `TopicDimension-${createHash('sha256').update(text).digest('hex').slice(0, 8)}`;
    const made = stack.node.tryFindChild(id) as TopicDimension | undefined;
    return made ?? new TopicDimension(stack, id, { topicFilters });
  }

  /** The MQTT topic filters. */
  public readonly topicFilters: string[];
  /** The account and region that the dimension is made in. */
  public readonly env: ResourceEnvironment;
  private readonly resource: CfnDimension;

  constructor(scope: Construct, id: string, props: TopicDimensionProps) {
    super(scope, id);
    checkProps(this, 'TopicDimensionProps', props);
    markCapability(this, 'detection');
    this.validate(props);
    const stack = Stack.of(this);
    this.env = { account: stack.account, region: stack.region };
    this.topicFilters = props.topicFilters;
    this.resource = new CfnDimension(this, 'Resource', {
      type: 'TOPIC_FILTER',
      stringValues: props.topicFilters,
      name: props.dimensionName,
    });
    inSameAccount<TopicDimension>(this, KIND).set(this.node.path, this);
  }

  /** A reference to the dimension in the account. */
  public get dimensionRef(): DimensionReference {
    return { dimensionName: this.resource.ref, dimensionArn: this.resource.attrArn };
  }

  private validate(props: TopicDimensionProps): void {
    const errors = new InputErrors(this);
    errors.text('dimensionName', props.dimensionName, {
      maxLength: 128,
      pattern: /^[a-zA-Z0-9:_-]+$/,
      allowed: "letters, digits, ':', '_' and '-'",
      code: 'TopicDimensionInvalid',
    });
    this.validateSize(props.topicFilters, errors);
    errors.unique('topicFilters', props.topicFilters, 'TopicDimensionInvalid');
    this.validateFilters(props.topicFilters, errors);
    const others = inSameAccount<TopicDimension>(this, KIND).size;
    if (others >= MAX_DIMENSIONS) {
      errors.report(
        'TooManyTopicDimensions',
        `an account and region has at most ${MAX_DIMENSIONS} topic dimensions, this is number ${others + 1}; use the same filters for several behaviors, or Detection.stream()`,
      );
    }
    checkNameOnce(this, 'dimension', 'dimensionName', props.dimensionName, errors);
    errors.throwIfAny();
  }

  private validateSize(filters: string[], errors: InputErrors): void {
    if (Token.isUnresolved(filters) || (filters.length > 0 && filters.length <= MAX_DIMENSION_FILTERS)) return;
    errors.report(
      'TopicDimensionInvalid',
      `'topicFilters' must have 1 to ${MAX_DIMENSION_FILTERS} items in CloudFormation, got ${filters.length}; use wildcards, or refer to a larger dimension that exists with CfnDimension.fromDimensionName`,
    );
  }

  private validateFilters(filters: string[], errors: InputErrors): void {
    if (Token.isUnresolved(filters)) return;
    filters.forEach((filter, index) => {
      const problem = Token.isUnresolved(filter) ? undefined : topicFilterProblem(filter);
      if (problem !== undefined)
        errors.report('TopicDimensionInvalid', `'topicFilters[${index}]' ${problem}, got ${quote(filter)}`);
    });
  }
}
