import { type CfnResource, Stack, Token } from 'aws-cdk-lib';
import {
  CfnCertificate,
  CfnThing,
  CfnThingPrincipalAttachment,
  type ICertificateRef,
  type IThingGroupRef,
  type IThingRef,
  type IThingTypeRef,
  type ThingReference,
} from 'aws-cdk-lib/aws-iot';
import type { ResourceEnvironment } from 'aws-cdk-lib/interfaces';
import { Construct } from 'constructs';
import { RESOURCE_TYPE } from '../../lambda/register-device/contract';
import { checkNameOnce } from '../internal/account-registry';
import { markCapability } from '../internal/capability';
import { CustomResourceProvider } from '../internal/custom-resource-provider';
import { checkProps } from '../internal/guard';
import { allow, type IamStatement } from '../internal/iam';
import { InputErrors } from '../internal/input-errors';
import { checkPlaces } from '../internal/place';
import { checkStatic } from '../internal/thing-group';
import { problemOf } from './certificate-request';
import { limitDevices } from './device-limit';
import { checkAttributes, THING_NAME } from './thing-rules';

/** Properties for `Device`. */
export interface DeviceProps {
  /**
   * The certificate signing request that the device made with its own key: the text of the `.csr` file (PKCS #10 in PEM), not
   * its path. RSA keys with at least 2048 bits, or keys on NIST P-256, P-384 or P-521.
   *
   * Another request gives the device another certificate; the old one is deactivated and deleted.
   *
   * @see https://docs.aws.amazon.com/iot/latest/apireference/API_CreateCertificateFromCsr.html
   */
  readonly certificateSigningRequest: string;

  /** Group that the device joins, and whose policies say what it may do. */
  readonly fleetGroup: IThingGroupRef;

  /**
   * Name of the thing, which is also the MQTT client id that the device must use: 1 to 128 letters, digits, `:`, `_` and `-`.
   *
   * @default - CloudFormation generates a unique name
   */
  readonly thingName?: string;

  /**
   * Type of the thing, which lets it have up to 50 attributes instead of 3.
   *
   * @default - no thing type
   */
  readonly thingType?: IThingTypeRef;

  /**
   * Attributes of the thing. Those that others set are left alone.
   *
   * Names have 1 to 128 letters, digits and `_.,@/:#-`, values 1 to 800 letters, digits and `_.,@/:#=[]-`.
   *
   * @default - no attributes
   */
  readonly attributes?: { [name: string]: string };
}

/**
 * One device that is known by name: a gateway, a bastion, a test rig. Its certificate is made from its own signing request and
 * attached to no other thing; it joins the fleet group and has no policy of its own. Nothing secret goes in or comes out.
 *
 * For devices that come by the hundred use `Enrollment.byClaim`: a stack holds at most 100 of these, fewer if it holds other
 * resources, and fails at synth beyond that.
 *
 * A device that was isolated stays isolated when its properties change; only a device that is in its declared group moves to a
 * newly declared one.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/exclusive-thing.html
 *
 * @example
 * new Device(this, 'Gateway', {
 *   certificateSigningRequest: readFileSync('gateway-1.csr', 'utf8'),
 *   fleetGroup: new iot.CfnThingGroup(this, 'Gateways'),
 *   thingName: 'gateway-1',
 * });
 */
export class Device extends Construct implements IThingRef {
  /** Name of the thing: the client id that the device connects with. */
  public readonly thingName: string;
  /** ARN of the thing. */
  public readonly thingArn: string;
  /** The device's certificate; its PEM is read with `aws iot describe-certificate`. */
  public readonly certificate: ICertificateRef;
  /** ARN of the certificate. */
  public readonly certificateArn: string;
  /** Account and region that this is deployed to. */
  public readonly env: ResourceEnvironment;

  constructor(scope: Construct, id: string, props: DeviceProps) {
    super(scope, id);
    checkProps(this, 'DeviceProps', props);
    markCapability(this, 'identity');
    this.validate(props);
    limitDevices(this);
    const stack = Stack.of(this);
    this.env = { account: stack.account, region: stack.region };
    // Its attributes are set below: CloudFormation cannot give it the type that it needs for more than three of them.
    const thing = new CfnThing(this, 'Resource', { thingName: props.thingName });
    const certificate = new CfnCertificate(this, 'Certificate', {
      certificateSigningRequest: props.certificateSigningRequest,
      status: 'ACTIVE',
    });
    const attachment = new CfnThingPrincipalAttachment(this, 'Attachment', {
      thingName: thing.ref,
      principal: certificate.attrArn,
      thingPrincipalType: 'EXCLUSIVE_THING',
    });
    this.thingName = thing.ref;
    this.thingArn = `arn:${stack.partition}:iot:${stack.region}:${stack.account}:thing/${thing.ref}`;
    this.certificate = certificate;
    this.certificateArn = certificate.attrArn;
    // The group gives rights: it comes when all else is in place, and goes first.
    this.register(props).node.addDependency(attachment);
  }

  /** The thing, as AWS CDK constructs refer to it. */
  public get thingRef(): ThingReference {
    return { thingName: this.thingName, thingArn: this.thingArn };
  }

  private register(props: DeviceProps): CfnResource {
    const provider = CustomResourceProvider.of(this, {
      handler: 'register-device',
      description: 'Gives things of the stack their type, attributes and group',
    });
    return provider.addResource(this, 'Registration', {
      type: RESOURCE_TYPE,
      properties: {
        ThingName: this.thingName,
        ThingGroupName: props.fleetGroup.thingGroupRef.thingGroupName,
        ThingTypeName: props.thingType?.thingTypeRef.thingTypeName,
        Attributes: props.attributes,
      },
      statements: this.statements(props.fleetGroup),
      wildcards:
        'The policies of a role hold fewer characters than the ARNs of 100 things have; what the function may do to things is bounded by the groups of the devices.',
    });
  }

  private statements(fleetGroup: IThingGroupRef): IamStatement[] {
    const { partition, region, account } = Stack.of(this);
    const things = `arn:${partition}:iot:${region}:${account}:thing/*`;
    return [
      allow(['iot:UpdateThing', 'iot:ListThingGroupsForThing'], [things]),
      allow(
        ['iot:AddThingToThingGroup', 'iot:RemoveThingFromThingGroup', 'iot:UpdateThingGroupsForThing'],
        [things, fleetGroup.thingGroupRef.thingGroupArn],
      ),
    ];
  }

  private validate(props: DeviceProps): void {
    const errors = new InputErrors(this);
    errors.text('thingName', props.thingName, THING_NAME);
    checkAttributes(errors, props.attributes, { hasThingType: props.thingType !== undefined });
    checkStatic('fleetGroup', props.fleetGroup, errors);
    checkPlaces(this, { fleetGroup: props.fleetGroup, thingType: props.thingType }, errors);
    const request = props.certificateSigningRequest;
    const problem = Token.isUnresolved(request) ? undefined : problemOf(request);
    if (problem !== undefined) errors.report(problem.code, `'certificateSigningRequest' ${problem.message}`);
    checkNameOnce(this, 'thing', 'thingName', props.thingName, errors);
    errors.throwIfAny();
  }
}
