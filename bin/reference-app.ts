import { dirname, resolve } from 'node:path';
import { type App, CfnOutput, Duration, Stack, Tags, Validations } from 'aws-cdk-lib';
import { CfnThingType } from 'aws-cdk-lib/aws-iot';
import type * as cdkNag from 'cdk-nag';
import {
  type Access,
  AccountBaseline,
  AllowList,
  type Behavior,
  CustomMetric,
  type CustomMetricType,
  Detection,
  type DetectionEngine,
  Enrollment,
  type ICustomMetric,
  ZeroTrustAccount,
  ZeroTrustFleet,
  ZeroTrustIot,
} from '../lib';
import { parseBehavior } from '../lib/detection/behavior-json';
import { markCapability } from '../lib/internal/capability';
import { ConfigurationError } from '../lib/internal/configuration-error';
import type { FleetDescription, FleetFile } from './fleet-file';
import { type Refusal, refusedField } from './refused-field';
import { inWordsOfFile, toAccess } from './to-access';
import { addRepair, checkRepair, type Repair } from './to-repair';
import { toResponse } from './to-response';

/** What was built, in numbers that the start command tells. */
export interface BuiltFleet {
  /** How many serial numbers the allow-list has; absent when its table is filled by somebody else. */
  readonly serials?: number;
  /** Name of the stack with Device Defender's profiles, unless the fleet has none. */
  readonly detectStack?: string;
}

export interface BuildOptions {
  /** Run cdk-nag's AwsSolutions and NIST 800-53 R5 packs. @default true */
  readonly checks?: boolean;
}

/** What fleet.json says, in the library's terms. */
export interface ParsedFleet {
  readonly file: FleetFile;
  readonly description: FleetDescription;
  readonly access: Access[];
  readonly allowList: AllowList;
  readonly behaviors: Behavior[];
}

/** Reads all that the library can refuse without an app; each problem is reported at its line, all at once. */
export function parseFleet(file: FleetFile): ParsedFleet {
  const parsed = {
    file,
    description: file.description,
    access: toAccess(file),
    allowList: toAllowList(file),
    behaviors: toBehaviors(file),
  };
  checkRepair(file);
  file.throwIfAny();
  return parsed;
}

/**
 * The reference app: the account's baseline and the fleet in one stack, `ZeroTrust`, on which only the stack with Device
 * Defender's profiles, `ZeroTrustDetect`, depends; an account without Detect leaves that one out.
 */
export function buildFleet(app: App, parsed: ParsedFleet, options: BuildOptions = {}): BuiltFleet {
  try {
    return build(app, parsed, options);
  } catch (error) {
    // What the installation lacks is no field's fault.
    if (!ConfigurationError.is(error) || error.code === 'HandlersNotBuilt') throw error;
    refuse(parsed.file, [error]);
    throw error;
  }
}

/** Synthesizes what was built: what is found only where all is there is said at its field, too. */
export function synthesizeFleet(app: App, { file }: ParsedFleet): void {
  try {
    app.synth();
  } catch (error) {
    refuse(file, refusalsOf(error));
    throw error;
  }
}

function refuse(file: FleetFile, refusals: readonly Refusal[]): void {
  for (const refusal of refusals)
    file.report(refusedField(file, refusal), `is refused: ${inWordsOfFile(refusal.message)}`);
  file.throwIfAny();
}

/** What validations of constructs found, of which the CDK makes one text: a line each, with the path in front; nothing of another error. */
function refusalsOf(error: unknown): Refusal[] {
  const [head = '', ...found] = String(error instanceof Error ? error.message : error).split(/\n {2}(?=\[)/);
  if (!head.endsWith('Validation failed with the following errors:')) return [];
  return found.map((text) => {
    const [, constructPath = '', message = text] = /^\[([^\]]*)\] ([^]*)$/.exec(text) ?? [];
    return { constructPath, message };
  });
}

function build(app: App, parsed: ParsedFleet, options: BuildOptions): BuiltFleet {
  const { description, access, allowList, behaviors } = parsed;
  if (options.checks !== false) {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- only who asks for its checks waits for it
    const { AwsSolutionsChecks, NIST80053R5Checks } = require('cdk-nag') as typeof cdkNag;
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new NIST80053R5Checks(app));
    ZeroTrustIot.apply(app, { accountBaseline: AccountBaseline.THIS_APP });
  }

  const stack = new Stack(app, 'ZeroTrust', { description: `Zero trust for the IoT fleet ${description.name}` });
  Tags.of(stack).add('fleet', description.name);
  const account = new ZeroTrustAccount(stack, 'Account', {
    alerts: { emails: description.alerts.emails },
    audit: {
      certificateAge: days(description.audit?.certificateAgeDays),
      certificateExpiration: days(description.audit?.certificateExpirationDays),
    },
  });
  const { thingType, enrollment } = description;
  const type =
    thingType &&
    new CfnThingType(stack, 'ThingType', {
      thingTypeName: thingType.name,
      thingTypeProperties: {
        thingTypeDescription: thingType.description,
        searchableAttributes: thingType.searchableAttributes,
      },
    });
  if (type !== undefined) markCapability(type, 'identity');
  const engines = behaviors.length === 0 ? 'off' : (description.detect ?? 'stream');
  const watched = engines !== 'off';
  const fleet = new ZeroTrustFleet(stack, description.name, {
    access,
    thingType: type,
    enrollment: Enrollment.byClaim({
      allowList,
      oneTimeUse: enrollment?.oneTimeUse,
      attributes: enrollment?.attributes,
      thingNamePrefix: enrollment?.thingNamePrefix,
      claimCertificates: enrollment?.claimCertificates,
    }),
    behaviors: watched ? behaviors : [],
    detection: engines === 'stream' || engines === 'both' ? [toStream(description)] : [],
    ...toResponse(stack, description.response),
  });
  addOutputs(stack, account, fleet, addRepair(fleet, description.repair));
  const serials = allowList.serialCount;
  if (!watched || engines === 'stream') return { serials };
  const detectStack = new Stack(app, 'ZeroTrustDetect', {
    description: `Device Defender profiles of the IoT fleet ${description.name}`,
  });
  Tags.of(detectStack).add('fleet', description.name);
  fleet.watchWith(detectStack, 'Profiles', Detection.deviceDefender());
  return { serials, detectStack: detectStack.stackName };
}

function toStream({ stream }: FleetDescription): DetectionEngine {
  return Detection.stream({ dryRun: stream?.mode !== 'live' });
}

function days(value: number | undefined): Duration | undefined {
  return value === undefined ? undefined : Duration.days(value);
}

/** What somebody needs who enrolls the first device. */
function addOutputs(stack: Stack, account: ZeroTrustAccount, fleet: ZeroTrustFleet, repair: Repair): void {
  const outputs: [string, string, string | undefined][] = [
    ['ProvisioningTemplate', 'Template that devices enroll with', fleet.claimEnrollment?.templateName],
    [
      'ClaimPolicy',
      'Policy to attach to each claim certificate',
      fleet.claimEnrollment?.claimPolicy.policyRef.policyName,
    ],
    [
      'ClaimClientIdPrefix',
      'What the MQTT client id of a claim begins with',
      fleet.claimEnrollment?.claimClientIdPrefix,
    ],
    ['FleetGroup', 'Group of the devices in good standing', fleet.fleetGroup.thingGroupRef.thingGroupName],
    ['QuarantineGroup', 'Group of the isolated devices', fleet.quarantineGroup.thingGroupRef.thingGroupName],
    ['AlertTopic', 'Topic of the alerts', account.alertTopic.topicRef.topicArn],
    ['Operators', 'Address for orders on incidents, signed with IAM: docs/runbook.md', fleet.response?.operatorUrl],
    ['Tunnels', 'Address for tunnels to isolated devices, signed with IAM: docs/runbook.md', repair.tunnels?.url],
    ['PatchJob', 'Job that isolated devices are given', repair.patches?.jobId],
    ['SignalQueue', 'Queue that signals about devices arrive on', fleet.response?.signalQueueUrl],
    ['DeadLetters', 'Queue of what could not be handled', fleet.response?.deadLetterQueueArn],
    ['Incidents', 'Table of the incidents', fleet.response?.incidentTableName],
    ['Evidence', 'Bucket with every write of an incident', fleet.response?.evidenceBucketName],
  ];
  for (const [id, meaning, value] of outputs)
    if (value !== undefined) new CfnOutput(stack, id, { description: meaning, value });
}

function toAllowList(file: FleetFile): AllowList {
  const { allowList, allowListFile } = file.description.enrollment ?? {};
  const field = allowListFile === undefined ? 'enrollment.allowList' : 'enrollment.allowListFile';
  try {
    if (allowListFile !== undefined) return AllowList.fromFile(resolve(dirname(file.path), allowListFile));
    return allowList === undefined ? AllowList.managedOutside() : AllowList.fromSerials(allowList);
  } catch (error) {
    if (!ConfigurationError.is(error)) throw error;
    file.reportAt(field, `is refused: ${error.message}`);
    return AllowList.managedOutside();
  }
}

function toBehaviors(file: FleetFile): Behavior[] {
  const { behaviors = [], customMetrics = [] } = file.description;
  const metrics = new Map<string, ICustomMetric>();
  for (const [index, { name, type, displayName }] of customMetrics.entries()) {
    if (metrics.has(name)) file.reportAt(`customMetrics[${index}].name`, 'stands in the list already');
    metrics.set(name, CustomMetric.named(name, type as CustomMetricType, { displayName }));
  }
  const report = (path: string, message: string) => file.reportAt(path, message);
  return behaviors.flatMap((value, index) => parseBehavior(value, `behaviors[${index}]`, report, metrics) ?? []);
}
