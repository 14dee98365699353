import { createHash } from 'node:crypto';
import { type CfnResource, Duration, Fn, Lazy, Stack, Token } from 'aws-cdk-lib';
import type { ISoftwarePackageVersionRef, IThingGroupRef } from 'aws-cdk-lib/aws-iot';
import { Construct, type IConstruct } from 'constructs';
import {
  JOB_ID_ATTRIBUTE,
  MAX_PREFIX,
  PATCH_JOB_TYPE,
  type PatchJobProperties,
  type PatchJobSettings,
} from '../../lambda/keep-patch-job/contract';
import { markCapability } from '../internal/capability';
import { ConfigurationError } from '../internal/configuration-error';
import { CustomResourceProvider } from '../internal/custom-resource-provider';
import { checkProps } from '../internal/guard';
import { allow, type IamStatement, merge } from '../internal/iam';
import { InputErrors } from '../internal/input-errors';
import { placeProblem } from '../internal/place';
import { ServiceRole } from '../internal/service-role';
import { warn } from '../internal/warn';
import type { PatchOptions } from './patch-options';
import { PatchRollout } from './patch-rollout';
import { checkAborts, checkRetries, DEFAULT_ABORT, renderAborts, renderRetries } from './patch-thresholds';

const BRAND = Symbol.for('cdk-iot-zero-trust.PatchChannel');

/**
 * Limits of AWS IoT jobs.
 *
 * @see https://docs.aws.amazon.com/general/latest/gr/iot_device_management.html
 */
const MAX_DOCUMENT = 32_768;
const MAX_DESCRIPTION = 2_028;
const MAX_PACKAGES = 25;
const TIMEOUT_MINUTES = { min: 1, max: 10_080 };
const URL_SECONDS = { min: 60, max: 3_600 };

/** Properties for `PatchChannel`. */
export interface PatchChannelProps extends PatchOptions {
  /** The group whose members are given the patch: the one that devices are isolated in. */
  readonly quarantineGroup: IThingGroupRef;
}

/**
 * The way on which isolated devices are repaired: one continuous job on the quarantine group, which each device is given when it
 * joins. AWS IoT creates ten jobs a second and runs 500 at once, so a job for each device would end where a storm begins.
 *
 * A job cannot be changed. Another document makes a new job before the old one is canceled, and the old one is canceled only
 * when the whole deployment has succeeded: devices that are at it finish, the others are given the new one. A patch that its
 * thresholds, or a person, stopped stays stopped until its document or description changes.
 *
 * A device that the job has succeeded on may not be given it again when it is isolated a second time; then a change of the
 * description makes a job that everybody gets.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/iot-jobs.html
 *
 * @example
 * new PatchChannel(this, 'Patches', {
 *   quarantineGroup: new QuarantineGroup(this, 'Quarantine'),
 *   document: PatchDocument.ofSteps([PatchStep.handler('Update', 'update.sh')]),
 * });
 */
export class PatchChannel extends Construct {
  /** Whether a construct is a `PatchChannel`, also one of another copy of this library. */
  public static isPatchChannel(construct: IConstruct): boolean {
    return BRAND in construct;
  }

  /** Id of the job that runs; known at deployment. */
  public readonly jobId: string;
  /** What the ids of all jobs of the channel begin with. */
  public readonly jobIdPrefix: string;
  /** The group whose members are given the patch. */
  public readonly quarantineGroup: IThingGroupRef;
  /** The custom resource behind this; depend on it where the job must be there. */
  public readonly job: CfnResource;
  private readonly packages = new Map<string, string>();
  private readonly provider: CustomResourceProvider;

  constructor(scope: Construct, id: string, props: PatchChannelProps) {
    super(scope, id);
    checkProps(this, 'PatchChannelProps', props);
    Object.defineProperty(this, BRAND, { value: true });
    markCapability(this, 'remediation');
    this.validate(props);
    this.quarantineGroup = props.quarantineGroup;
    this.jobIdPrefix =
      props.jobName ?? `${this.node.addr.slice(-8)}-${Fn.select(2, Fn.split('/', Stack.of(this).stackId))}`;
    this.provider = CustomResourceProvider.of(this, {
      handler: 'keep-patch-job',
      description: 'Keeps one continuous job on the quarantine group',
    });
    const role = this.createRole(props);
    const { thingGroupArn } = props.quarantineGroup.thingGroupRef;
    const properties: PatchJobProperties = {
      Prefix: this.jobIdPrefix,
      ThingGroupArn: thingGroupArn,
      Job: Lazy.string({ produce: () => this.renderJob(props, role) }),
    };
    // Another name is another resource: the rights on jobs of the old one go when it is cleaned up.
    const identity =
      props.jobName === undefined ? '' : hashOf(JSON.stringify(Stack.of(this).resolve(props.jobName)), 8);
    this.job = this.provider.addResource(this, `Resource${identity}`, {
      type: PATCH_JOB_TYPE,
      properties: { ...properties },
      statements: this.rights(thingGroupArn, role),
      wildcards:
        'A job cannot be changed, so each version of the patch is one of its own; all begin with the name of the channel.',
      identity,
    });
    if (role !== undefined) this.job.node.addDependency(role.rights);
    this.jobId = this.job.getAtt(JOB_ID_ATTRIBUTE).toString();
  }

  /**
   * Says that a software package version is on the device once the job has succeeded: AWS IoT notes it in the device's reserved
   * shadow. Up to 25; the version must be published.
   *
   * @param packageVersion What the patch installs
   *
   * @see https://docs.aws.amazon.com/iot/latest/developerguide/preparing-jobs-for-service-package-catalog.html
   */
  public addPackage(packageVersion: ISoftwarePackageVersionRef): void {
    const { partition, region, account } = Stack.of(this);
    const { packageName, versionName } = packageVersion.softwarePackageVersionRef;
    const arn = `arn:${partition}:iot:${region}:${account}:package/${packageName}/version/${versionName}`;
    const { path } = packageVersion.node;
    if (this.packages.has(path) || this.packages.size >= MAX_PACKAGES)
      throw new ConfigurationError(
        'PatchChannelInvalid',
        this.packages.has(path)
          ? `the package version ${path} is there already; leave it out`
          : `a job installs at most ${MAX_PACKAGES} package versions`,
        this,
      );
    this.packages.set(path, arn);
    const id = `Rights${hashOf(`${this.node.path} ${path}`, 12)}`;
    const rights = this.provider.function.addRightsApart(id, [allow(['iot:CreateJob'], [arn])]);
    this.job.node.addDependency(packageVersion, rights);
  }

  private renderJob(props: PatchChannelProps, role: ServiceRole | undefined): string {
    const { description = 'Repairs isolated devices', rollout = PatchRollout.constant(100) } = props;
    const expiresInSec = (props.urlLifetime ?? Duration.minutes(15)).toSeconds();
    const settings: PatchJobSettings = {
      description,
      document: Stack.of(this).toJsonString(props.document._json),
      presignedUrlConfig: role && { roleArn: role.roleArn, expiresInSec },
      jobExecutionsRolloutConfig: rollout._config,
      abortConfig: renderAborts(props.abort ?? DEFAULT_ABORT),
      timeoutConfig: { inProgressTimeoutInMinutes: (props.timeout ?? Duration.hours(1)).toMinutes() },
      jobExecutionsRetryConfig: renderRetries(props.retries ?? []),
      destinationPackageVersions: this.packages.size === 0 ? undefined : [...this.packages.values()],
    };
    return Stack.of(this).toJsonString(settings);
  }

  /** What AWS IoT may sign URLs with: exactly the files of the document. */
  private createRole({ document }: PatchChannelProps): ServiceRole | undefined {
    if (document._artifacts.length === 0) return undefined;
    const { partition, region, account } = Stack.of(this);
    const files = document._artifacts.map(({ _props: { bucket, objectKey, bucketAccount = account } }) =>
      allow(['s3:GetObject'], [`${bucket.bucketRef.bucketArn}/${objectKey}`], {
        StringEquals: { 'aws:ResourceAccount': bucketAccount },
      }),
    );
    const keys = document._artifacts.flatMap(({ _props: { encryptionKey } }) => encryptionKey?.keyRef.keyArn ?? []);
    const viaS3 = { StringLike: { 'kms:ViaService': `s3.${region}.*` } };
    return new ServiceRole(this, 'DownloadRole', {
      description: 'Signs the URLs of the files that isolated devices download',
      service: 'iot.amazonaws.com',
      sourceArn: `arn:${partition}:iot:${region}:${account}:job/${this.jobIdPrefix}-*`,
      statements: [...merge(files), ...(keys.length === 0 ? [] : [allow(['kms:Decrypt'], [...new Set(keys)], viaS3)])],
    });
  }

  private rights(groupArn: string, role: ServiceRole | undefined): IamStatement[] {
    const { partition, region, account } = Stack.of(this);
    const jobs = `arn:${partition}:iot:${region}:${account}:job/${this.jobIdPrefix}-*`;
    const pass = { StringEquals: { 'iam:PassedToService': 'iot.amazonaws.com' } };
    return [
      allow(['iot:CreateJob'], [jobs, groupArn]),
      allow(['iot:DescribeJob', 'iot:CancelJob'], [jobs]),
      ...(role === undefined ? [] : [allow(['iam:PassRole'], [role.roleArn], pass)]),
    ];
  }

  private validate(props: PatchChannelProps): void {
    const errors = new InputErrors(this);
    const code = 'PatchChannelInvalid';
    this.checkDocument(props, errors);
    const elsewhere = placeProblem(this, props.quarantineGroup);
    if (elsewhere !== undefined) errors.report(code, `'quarantineGroup' ${elsewhere}`);
    errors.text('description', props.description, {
      maxLength: MAX_DESCRIPTION,
      pattern: /^[^\p{C}]+$/u,
      allowed: 'visible characters and spaces',
      code,
    });
    errors.text('jobName', props.jobName, {
      maxLength: MAX_PREFIX,
      pattern: /^[a-zA-Z0-9_-]+$/,
      allowed: "letters, digits, '_' and '-'",
      code,
    });
    this.checkNeighbors(props.jobName, errors);
    errors.time('timeout', props.timeout, { ...TIMEOUT_MINUTES, unit: 'minutes', code });
    errors.time('urlLifetime', props.urlLifetime, { ...URL_SECONDS, unit: 'seconds', code });
    checkAborts(errors, props.abort ?? []);
    checkRetries(errors, props.retries ?? []);
    errors.throwIfAny();
    if (props.abort?.length === 0)
      warn(
        this,
        'PatchNeverAborts',
        "'abort' is empty: a patch that fails is given to every isolated device all the same",
      );
  }

  /** The rights on jobs are by what their ids begin with. */
  private checkNeighbors(name: string | undefined, errors: InputErrors): void {
    if (name === undefined || Token.isUnresolved(name)) return;
    for (const { jobIdPrefix: other, node } of Stack.of(this).node.findAll().filter(isOther)) {
      if (`${name}-`.startsWith(`${other}-`) || `${other}-`.startsWith(`${name}-`))
        errors.report(
          'PatchChannelInvalid',
          `'jobName' must differ from '${other}' of ${node.path} at its beginning, got '${name}': each of the two could cancel the jobs of the other`,
        );
    }
  }

  private checkDocument({ document, requireSignatures }: PatchChannelProps, errors: InputErrors): void {
    const text = JSON.stringify(document._json);
    // What is known at deployment only comes on top; the address of each file has some of that.
    const known = text.replace(/\$\{Token\[[^\]]*\]\}/g, '').length;
    if (known > MAX_DOCUMENT)
      errors.report(
        'PatchDocumentInvalid',
        `'document' can have ${MAX_DOCUMENT} characters as JSON, got ${Token.isUnresolved(text) ? 'at least ' : ''}${known}`,
      );
    const unsigned = document._artifacts.filter(({ signature }) => signature === undefined);
    if (requireSignatures === true && unsigned.length > 0)
      errors.report(
        'PatchUnsigned',
        `'document' has files without a signature: ${unsigned.map(({ _props }) => _props.objectKey).join(', ')}; sign them, or leave out 'requireSignatures'`,
      );
  }
}

/** The one that is being made has no name yet. */
function isOther(construct: IConstruct): construct is PatchChannel {
  return PatchChannel.isPatchChannel(construct) && (construct as Partial<PatchChannel>).jobIdPrefix !== undefined;
}

function hashOf(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}
