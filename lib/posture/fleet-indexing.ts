import type { CfnResource } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { IndexingProperties } from '../../lambda/adopt-account-settings/contract';
import { markCapability } from '../internal/capability';
import { checkProps } from '../internal/guard';
import { InputErrors } from '../internal/input-errors';
import { adoptSetting, checkManagedOnce } from './account-settings';

/** Shadows that the service indexes by default; more on request. */
const MAX_SHADOWS = 10;
/** Custom fields of one index by default; more on request. */
const MAX_FIELDS = 5;

/** What is indexed of things. */
export enum ThingIndexing {
  /** Names, types, groups and attributes. */
  REGISTRY = 'REGISTRY',
  /** Also the unnamed shadow. */
  REGISTRY_AND_SHADOW = 'REGISTRY_AND_SHADOW',
}

/** Type of an indexed field. */
export enum IndexedFieldType {
  /** A number. */
  NUMBER = 'Number',
  /** A text. */
  STRING = 'String',
  /** True or false. */
  BOOLEAN = 'Boolean',
}

/** A field of things or thing groups that is indexed besides those that always are. */
export interface IndexedFieldOptions {
  /** Where the field stands, such as `attributes.model` or `shadow.reported.firmware`: 1 to 1,024 characters. */
  readonly name: string;
  /** Type of its values. */
  readonly type: IndexedFieldType;
}

/** Properties for `FleetIndexing`. */
export interface FleetIndexingProps {
  /**
   * What is indexed of things.
   *
   * @default ThingIndexing.REGISTRY
   */
  readonly things?: ThingIndexing;
  /**
   * Index whether and since when each thing is connected.
   *
   * @default true
   */
  readonly connectivity?: boolean;
  /**
   * Index thing groups.
   *
   * @default true
   */
  readonly thingGroups?: boolean;
  /**
   * Index violations of Device Defender Detect, for accounts that have it.
   *
   * @default false
   */
  readonly violations?: boolean;
  /**
   * Named shadows to index: up to 10 names of 1 to 64 letters, digits, `:`, `_`, `-` and `$`.
   *
   * @default - no named shadow is indexed
   */
  readonly namedShadows?: string[];
  /**
   * Fields of things to index besides those that always are; up to 5.
   *
   * @default - managed fields only
   */
  readonly thingFields?: IndexedFieldOptions[];
  /**
   * Fields of thing groups to index besides those that always are; up to 5.
   *
   * @default - managed fields only
   */
  readonly thingGroupFields?: IndexedFieldOptions[];
}

/**
 * Makes the fleet searchable: which devices are quarantined, which run an old firmware, which are connected.
 *
 * There is one index configuration per account and region, so this adopts it: more is indexed, never less. Deleting the
 * stack turns off again what it turned on, save what the service refuses (an index that dynamic thing groups use). Indexing
 * costs per update of a thing.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/iot-indexing.html
 *
 * @example
 * new FleetIndexing(this, 'Index', {
 *   thingFields: [{ name: 'attributes.model', type: IndexedFieldType.STRING }],
 * });
 */
export class FleetIndexing extends Construct {
  /** The custom resource behind this; dynamic thing groups and fleet metrics depend on it. */
  public readonly configuration: CfnResource;

  constructor(scope: Construct, id: string, props: FleetIndexingProps = {}) {
    super(scope, id);
    checkProps(this, 'FleetIndexingProps', props);
    markCapability(this, 'posture');
    this.validate(props);
    const properties: IndexingProperties = {
      ThingIndexingMode: props.things ?? ThingIndexing.REGISTRY,
      ThingConnectivityIndexingMode: props.connectivity === false ? 'OFF' : 'STATUS',
      DeviceDefenderIndexingMode: props.violations === true ? 'VIOLATIONS' : 'OFF',
      ThingGroupIndexingMode: props.thingGroups === false ? 'OFF' : 'ON',
      NamedShadows: props.namedShadows,
      ThingFields: props.thingFields?.map(renderField),
      ThingGroupFields: props.thingGroupFields?.map(renderField),
    };
    this.configuration = adoptSetting(this, 'Resource', { kind: 'indexing', properties });
  }

  private validate(props: FleetIndexingProps): void {
    const errors = new InputErrors(this);
    checkManagedOnce(this, 'indexing', errors);
    errors.size('namedShadows', props.namedShadows, 1, MAX_SHADOWS, 'IndexedFieldInvalid');
    errors.unique('namedShadows', props.namedShadows, 'IndexedFieldInvalid');
    errors.texts('namedShadows', props.namedShadows, {
      maxLength: 64,
      pattern: /^[$a-zA-Z0-9:_-]+$/,
      allowed: "letters, digits, ':', '_', '-' and '$'",
      code: 'IndexedFieldInvalid',
    });
    errors.oneOf('things', props.things, Object.values(ThingIndexing));
    this.checkFields('thingFields', props.thingFields, errors);
    this.checkFields('thingGroupFields', props.thingGroupFields, errors);
    if (props.thingGroups === false && props.thingGroupFields !== undefined)
      errors.report('IndexedFieldInvalid', "'thingGroupFields' is given, but 'thingGroups' is false");
    errors.throwIfAny();
  }

  private checkFields(property: string, fields: readonly IndexedFieldOptions[] | undefined, errors: InputErrors): void {
    const names = fields?.map((field) => field.name);
    errors.size(property, names, 1, MAX_FIELDS, 'IndexedFieldInvalid');
    for (const [index, { type }] of (fields ?? []).entries())
      errors.oneOf(`${property}[${index}].type`, type, Object.values(IndexedFieldType), 'IndexedFieldInvalid');
    errors.unique(property, names, 'IndexedFieldInvalid');
    for (const [index, name] of (names ?? []).entries())
      errors.text(`${property}[${index}].name`, name, {
        maxLength: 1_024,
        pattern: /^[^\s=\p{C}]+$/u,
        allowed: "visible characters other than '='",
        code: 'IndexedFieldInvalid',
      });
  }
}

function renderField(field: IndexedFieldOptions): string {
  return `${field.name}=${field.type}`;
}
