import type { CfnResource } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { EventsProperties } from '../../lambda/adopt-account-settings/contract';
import { markCapability } from '../internal/capability';
import { checkProps } from '../internal/guard';
import { InputErrors } from '../internal/input-errors';
import { adoptSetting, checkManagedOnce } from './account-settings';

/** A kind of change that AWS IoT can publish as a message below `$aws/events/`. */
export enum AccountEventType {
  /** A thing was created, updated or deleted. */
  THING = 'THING',
  /** A thing group was created, updated or deleted. */
  THING_GROUP = 'THING_GROUP',
  /** A thing type was created, updated or deleted. */
  THING_TYPE = 'THING_TYPE',
  /** A thing was put into or taken out of a group: who was isolated, by whatever means. */
  THING_GROUP_MEMBERSHIP = 'THING_GROUP_MEMBERSHIP',
  /** A group was put into or taken out of a group. */
  THING_GROUP_HIERARCHY = 'THING_GROUP_HIERARCHY',
  /** A thing got or lost a type. */
  THING_TYPE_ASSOCIATION = 'THING_TYPE_ASSOCIATION',
  /** A job was completed, canceled or deleted. */
  JOB = 'JOB',
  /** A device succeeded or failed in a job. */
  JOB_EXECUTION = 'JOB_EXECUTION',
  /** A policy was created, updated, deleted, attached or detached. */
  POLICY = 'POLICY',
  /** A certificate was registered, updated or deleted. */
  CERTIFICATE = 'CERTIFICATE',
  /** A CA certificate was registered, updated or deleted. */
  CA_CERTIFICATE = 'CA_CERTIFICATE',
}

/** Properties for `EventConfigurations`. */
export interface EventConfigurationsProps {
  /**
   * What is published. Events that somebody else turned on stay on whatever stands here.
   *
   * @default - all of them
   */
  readonly events?: AccountEventType[];
}

/**
 * Has AWS IoT publish changes of registry, policies, certificates and jobs as messages: what repair and evidence follow.
 * They are off by default.
 *
 * There is one configuration per account and region, so this adopts it: events are turned on, never off. Deleting the stack
 * turns off again what it turned on.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/iot-events.html
 *
 * @example
 * new EventConfigurations(this, 'Events', {
 *   events: [AccountEventType.JOB_EXECUTION, AccountEventType.THING_GROUP_MEMBERSHIP],
 * });
 */
export class EventConfigurations extends Construct {
  /** The custom resource behind this; depend on it where events must be published. */
  public readonly configuration: CfnResource;

  constructor(scope: Construct, id: string, props: EventConfigurationsProps = {}) {
    super(scope, id);
    checkProps(this, 'EventConfigurationsProps', props);
    markCapability(this, 'posture');
    const errors = new InputErrors(this);
    checkManagedOnce(this, 'events', errors);
    errors.size('events', props.events, 1, Object.keys(AccountEventType).length);
    errors.unique('events', props.events);
    errors.eachOf('events', props.events, Object.values(AccountEventType));
    errors.throwIfAny();
    const properties: EventsProperties = { EventTypes: props.events ?? Object.values(AccountEventType) };
    this.configuration = adoptSetting(this, 'Resource', { kind: 'events', properties });
  }
}
