import { Token } from 'aws-cdk-lib';
import type { IThingGroupRef, IThingTypeRef } from 'aws-cdk-lib/aws-iot';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import type { ITopicRef } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { ClaimEnrollment } from './claim-enrollment';
import type { ClaimEnrollmentOptions } from './claim-enrollment-props';
import { SERIAL_ATTRIBUTE } from './provisioning-template';

/**
 * The parts of a fleet that a way of enrolling needs.
 *
 * @internal
 */
export interface _FleetParts {
  readonly fleetGroup: IThingGroupRef;
  readonly thingType?: IThingTypeRef;
  readonly alarmTopic?: ITopicRef;
  readonly alarmTopicKey?: IKeyRef;
  readonly encryptionKey?: IKeyRef;
}

/**
 * What a way of enrolling sets on each thing; names of attributes are undefined where they are not known at synth.
 *
 * @internal
 */
export interface _SetOnThings {
  readonly attributes?: readonly string[];
  readonly thingType: boolean;
}

/**
 * How devices get their identity: a way for each to be verified, to get a certificate of its own, and to become one thing of
 * the fleet.
 *
 * @example
 * const enrollment = Enrollment.byClaim({ allowList: AllowList.fromSerials(['PX2-0001']), thingNamePrefix: 'pump-' });
 */
export abstract class Enrollment {
  /**
   * Devices enroll themselves on first contact, with a claim certificate that all of a batch share, a key that each makes
   * for itself, and a serial number on an allow-list.
   *
   * The claim proves no more than that a device is of the batch: whoever has a claim certificate with its key and knows a
   * serial that is listed and not used can enroll in its place. The rightful device is then refused, which is alarmed.
   *
   * @param options How devices are verified and named
   * @see https://docs.aws.amazon.com/iot/latest/developerguide/provision-wo-cert.html#claim-based
   */
  public static byClaim(options: ClaimEnrollmentOptions = {}): Enrollment {
    return new ByClaim(options);
  }

  /**
   * Makes what this way of enrolling takes, for one fleet. What the options name wins over the parts of the fleet.
   *
   * @internal
   */
  public abstract _bind(scope: Construct, id: string, fleet: _FleetParts): Construct;

  /**
   * What each thing has from the start, for a fleet with or without a thing type of its own.
   *
   * @internal
   */
  public abstract _sets(thingType: IThingTypeRef | undefined): _SetOnThings;
}

class ByClaim extends Enrollment {
  constructor(private readonly options: ClaimEnrollmentOptions) {
    super();
  }

  public override _sets(thingType: IThingTypeRef | undefined): _SetOnThings {
    const { attributes = {} } = this.options;
    const names = Object.keys(attributes);
    const isKnown = !Token.isUnresolved(attributes) && names.every((name) => !Token.isUnresolved(name));
    return {
      attributes: isKnown ? [SERIAL_ATTRIBUTE, ...names] : undefined,
      thingType: (this.options.thingType ?? thingType) !== undefined,
    };
  }

  public override _bind(scope: Construct, id: string, fleet: _FleetParts): ClaimEnrollment {
    const { options } = this;
    // A key belongs to a topic: that of the fleet is none for another topic.
    const own = options.alarmTopic === undefined && options.alarmTopicKey === undefined;
    return new ClaimEnrollment(scope, id, {
      ...options,
      fleetGroup: fleet.fleetGroup,
      thingType: options.thingType ?? fleet.thingType,
      alarmTopic: options.alarmTopic ?? fleet.alarmTopic,
      alarmTopicKey: own ? fleet.alarmTopicKey : options.alarmTopicKey,
      encryptionKey: options.encryptionKey ?? fleet.encryptionKey,
    });
  }
}
