import { Stack, Token } from 'aws-cdk-lib';
import type { IThingGroupRef } from 'aws-cdk-lib/aws-iot';
import type { IConstruct } from 'constructs';
import { placeProblem } from '../internal/place';
import { quote } from '../internal/quote';

const THING_GROUP_ARN = /^arn:[a-z-]+:iot:[a-z0-9-]+:[0-9]{12}:thinggroup\/[a-zA-Z0-9:_-]{1,128}$/;

/**
 * The devices that behaviors are for.
 *
 * @see https://docs.aws.amazon.com/iot/latest/apireference/API_AttachSecurityProfile.html
 */
export class DetectionTarget {
  /** The members of a thing group, and of the groups below it. */
  public static thingGroup(thingGroup: IThingGroupRef): DetectionTarget {
    return new DetectionTarget(thingGroup);
  }

  /** Every device of the account, registered or not. */
  public static allThings(): DetectionTarget {
    return new DetectionTarget('all/things');
  }

  /** Every device that is a thing in the registry of the account. */
  public static registeredThings(): DetectionTarget {
    return new DetectionTarget('all/registered-things');
  }

  /** Every device that connects without being a thing in the registry of the account. */
  public static unregisteredThings(): DetectionTarget {
    return new DetectionTarget('all/unregistered-things');
  }

  private constructor(
    private readonly devices: string | IThingGroupRef,
    private readonly isolated?: IThingGroupRef,
  ) {}

  /**
   * These devices, also while they are isolated in another group: whether they are well again shows in how they behave there,
   * and an engine that loses sight of a device in alarm never says that the alarm is over.
   *
   * @internal
   */
  public _alsoIsolatedIn(quarantineGroup: IThingGroupRef): DetectionTarget {
    return new DetectionTarget(this.devices, quarantineGroup);
  }

  /**
   * The devices that are isolated, as a target of its own.
   *
   * @internal
   */
  public get _isolated(): DetectionTarget[] {
    return this.isolated === undefined ? [] : [new DetectionTarget(this.isolated)];
  }

  /** @internal */
  public _arn(scope: IConstruct): string {
    if (typeof this.devices !== 'string') return this.devices.thingGroupRef.thingGroupArn;
    const { partition, region, account } = Stack.of(scope);
    return `arn:${partition}:iot:${region}:${account}:${this.devices}`;
  }

  /**
   * What is the same for two targets that are the same devices.
   *
   * @internal
   */
  public _key(): string {
    return typeof this.devices === 'string' ? this.devices : this.devices.thingGroupRef.thingGroupArn;
  }

  /**
   * The group whose members it is; undefined for all devices, registered ones, or others.
   *
   * @internal
   */
  public get _thingGroup(): IThingGroupRef | undefined {
    return typeof this.devices === 'string' ? undefined : this.devices;
  }

  /** @internal */
  public _problem(scope: IConstruct): string | undefined {
    if (typeof this.devices === 'string') return undefined;
    const arn = this.devices.thingGroupRef.thingGroupArn;
    if (Token.isUnresolved(arn) || THING_GROUP_ARN.test(arn)) return placeProblem(scope, this.devices);
    return `must be the ARN of a thing group (arn:<partition>:iot:<region>:<account>:thinggroup/<name>), got ${quote(arn)}`;
  }
}
