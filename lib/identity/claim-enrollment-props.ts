import type { IThingGroupRef, IThingTypeRef } from 'aws-cdk-lib/aws-iot';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import type { ITopicRef } from 'aws-cdk-lib/aws-sns';
import type { AllowList } from './allow-list';

/** How devices that come with a claim certificate are verified and named. */
export interface ClaimEnrollmentOptions {
  /**
   * Serial numbers of the devices that may enroll.
   *
   * @default - the list is managed outside: nobody may enroll until somebody fills the table
   */
  readonly allowList?: AllowList;

  /**
   * Whether a serial number enrolls once.
   *
   * A device that is enrolled is then refused, whoever asks. A device whose enrollment failed half-way tries again by itself
   * after two minutes: a used serial is free again while no thing, or only an unfinished one, has its name. To enroll a device
   * a second time (a new board with the old serial), delete its thing.
   *
   * With false, a device of the fleet may enroll again at any time, and so may whoever took a claim certificate from another
   * device and knows its serial. The certificates that it had before stay valid until somebody deactivates them. An isolated
   * device never enrolls its way out in either case.
   *
   * @default true
   */
  readonly oneTimeUse?: boolean;

  /**
   * Put before the serial number to make the thing name, as in `pump-`. Also bounds the role in which devices are registered.
   *
   * Letters, digits, `:`, `_` and `-`; with the longest serial number at most 128 characters.
   *
   * @default - the serial number is the thing name
   */
  readonly thingNamePrefix?: string;

  /**
   * Type of the things, which lets them have up to 49 attributes instead of 2.
   *
   * @default - the type of the fleet, if it has one
   */
  readonly thingType?: IThingTypeRef;

  /**
   * Attributes of every thing, besides `serialNumber`, which is set from the verified serial number.
   *
   * Names have 1 to 128 letters, digits and `_.,@/:#-`, values 1 to 800 letters, digits and `_.,@/:#=[]-`.
   *
   * @default - only `serialNumber`
   */
  readonly attributes?: { [name: string]: string };

  /**
   * ARNs of the claim certificates, at most 50: public names, never the certificates or their keys.
   *
   * Those given are detached when the stack is deleted. A certificate that was given the policy by other means must be
   * detached by the same means first.
   *
   * @default - none; attach `claimPolicy` to each claim certificate by other means
   */
  readonly claimCertificates?: string[];

  /**
   * Name of the provisioning template, which is part of the topics that devices enroll on: 1 to 36 letters, digits, `_` and `-`.
   *
   * @default - a name that is unique to the stack; read it from `templateName`
   */
  readonly templateName?: string;

  /**
   * Whether devices may enroll at the moment. False closes enrollment and leaves everything in place.
   *
   * @default true
   */
  readonly enabled?: boolean;

  /**
   * Where alarms go: refused devices, and a hook that fails or is slow. CloudWatch must be allowed to publish there.
   *
   * @default - the alert topic of the fleet, if it has one
   */
  readonly alarmTopic?: ITopicRef;

  /**
   * Key that encrypts `alarmTopic`, where the topic does not name it. Its policy must let CloudWatch use it; to the policy of an
   * L2 key of this app that is added.
   *
   * @default - the key that the topic names
   */
  readonly alarmTopicKey?: IKeyRef;

  /**
   * How many refusals within 5 minutes raise the alarm, 1 or more.
   *
   * @default 1
   */
  readonly refusalsToAlarm?: number;

  /**
   * Key that encrypts the table and the logs of the hook. Its policy must allow CloudWatch Logs to use it.
   *
   * @default - the key that the library makes for the stack
   */
  readonly encryptionKey?: IKeyRef;
}

/** Properties for `ClaimEnrollment`. */
export interface ClaimEnrollmentProps extends ClaimEnrollmentOptions {
  /** Group that enrolled devices join, and whose policies say what they may do. */
  readonly fleetGroup: IThingGroupRef;
}
