import type { Need } from '../../iam/authorizer';
import { type Input, recordOf } from '../operation';
import { RestJson, speaking, type WireService } from '../wire';
import type { Account } from './account';
import type { Audits } from './audit/audits';
import type { Certificates } from './certificates';
import type { Detect } from './detect/detect';
import type { Jobs } from './jobs';
import type { Policies } from './policies';
import type { IotRegistry } from './registry';
import type { Things } from './things';

export interface IotParts {
  readonly registry: IotRegistry;
  readonly things: Things;
  readonly policies: Policies;
  readonly certificates: Certificates;
  readonly account: Account;
  readonly audits: Audits;
  readonly jobs: Jobs;
  readonly detect: Detect;
}

/**
 * Operation, place on the wire, and the resources that the caller needs permission for (all of them, as far as the request
 * names them; `*` where IAM knows no resource for the action); last, where roles stand that are handed to the service.
 */
type Row = readonly [
  name: string,
  match: string,
  resources: readonly string[],
  act: (input: Input) => unknown,
  roles?: readonly string[],
];

/** The control plane of AWS IoT on the wire. */
export function iotService(parts: IotParts): WireService {
  const rows = rowsOf(parts).map(([name, match, resources, act, roles = []]) => {
    const needs = (input: Input) => [
      ...needsOf(parts.registry, `iot:${name}`, resources, input),
      ...roles.flatMap((path) => passing(input, path)),
    ];
    return [match, { name: `iot:${name}`, needs, act }] as const;
  });
  const wire = new RestJson(rows);
  return {
    name: 'iot',
    signingNames: ['iot', 'execute-api'],
    denied: ['AccessDeniedException', 403],
    ...speaking(wire),
    operations: rows.map(([, operation]) => operation),
  };
}

function needsOf(registry: IotRegistry, action: string, resources: readonly string[], input: Input): Need[] {
  if (resources.length === 0) return [{ action, resource: '*' }];
  return resources.flatMap((template) => filled(registry, template, input)).map((resource) => ({ action, resource }));
}

/** Handing a role to the service takes a permission for the role. */
function passing(input: Input, path: string): Need[] {
  const role = path.split('.').reduce<unknown>((value, member) => recordOf(value)[member], input);
  if (typeof role !== 'string') return [];
  return [{ action: 'iam:PassRole', resource: role, context: { 'iam:PassedToService': 'iot.amazonaws.com' } }];
}

/** ARNs of a resource that the request names: by name, by ARN, or in a list. None where it does not name one. */
function filled(registry: IotRegistry, template: string, input: Input): string[] {
  const [, prefix = '', member = '', optional] = /^(.*?)\{(\w+)(\?)?\}$/.exec(template) ?? [];
  const given = input[member] ?? input[member.replace(/Name$/, 'Arn')];
  const values = Array.isArray(given)
    ? given.map(String)
    : given === undefined
      ? optional === undefined
        ? ['']
        : []
      : [String(given)];
  return values.map((value) => (value.startsWith('arn:') ? value : registry.arn(prefix + value)));
}

function rowsOf({ things, policies, certificates, account, audits, jobs, detect }: IotParts): readonly Row[] {
  const thing = ['thing/{thingName}'];
  const group = ['thinggroup/{thingGroupName}'];
  const both = [...thing, ...group];
  const policy = ['policy/{policyName}'];
  const target = ['{target}'];
  const cert = ['cert/{certificateId}'];
  const principal = ['{principal}'];
  const type = ['thingtype/{thingTypeName}'];
  const job = ['job/{jobId}'];
  return [
    ['AddThingToThingGroup', 'PUT /thing-groups/addThingToThingGroup', both, (input) => things.join(input)],
    ['RemoveThingFromThingGroup', 'PUT /thing-groups/removeThingFromThingGroup', both, (input) => things.leave(input)],
    [
      'UpdateThingGroupsForThing',
      'PUT /thing-groups/updateThingGroupsForThing',
      [...thing, 'thinggroup/{thingGroupsToAdd?}', 'thinggroup/{thingGroupsToRemove?}'],
      (input) => things.move(input),
    ],
    ['ListThingGroupsForThing', 'GET /things/{thingName}/thing-groups', thing, (input) => things.groupsOf(input)],
    ['CreateThing', 'POST /things/{thingName}', thing, (input) => things.create(input)],
    ['DescribeThing', 'GET /things/{thingName}', thing, (input) => things.describe(input)],
    ['UpdateThing', 'PATCH /things/{thingName}', thing, (input) => things.update(input)],
    ['DeleteThing', 'DELETE /things/{thingName}', thing, (input) => things.delete(input)],
    ['ListThings', 'GET /things', [], (input) => things.list(input)],
    ['CreateThingGroup', 'POST /thing-groups/{thingGroupName}', group, (input) => things.createGroup(input)],
    ['DescribeThingGroup', 'GET /thing-groups/{thingGroupName}', group, (input) => things.describeGroup(input)],
    ['DeleteThingGroup', 'DELETE /thing-groups/{thingGroupName}', group, (input) => things.deleteGroup(input)],
    ['ListThingGroups', 'GET /thing-groups', [], (input) => things.listGroups(input)],
    ['ListThingsInThingGroup', 'GET /thing-groups/{thingGroupName}/things', group, (input) => things.members(input)],
    ['CreateThingType', 'POST /thing-types/{thingTypeName}', type, (input) => things.createType(input)],
    ['DescribeThingType', 'GET /thing-types/{thingTypeName}', type, (input) => things.describeType(input)],
    ['ListThingTypes', 'GET /thing-types', [], (input) => things.listTypes(input)],
    ['AttachThingPrincipal', 'PUT /things/{thingName}/principals', principal, (input) => certificates.attach(input)],
    ['DetachThingPrincipal', 'DELETE /things/{thingName}/principals', principal, (input) => certificates.detach(input)],
    ['ListThingPrincipals', 'GET /things/{thingName}/principals', thing, (input) => certificates.principalsOf(input)],
    [
      'ListThingPrincipalsV2',
      'GET /things/{thingName}/principals-v2',
      thing,
      (input) => certificates.principalObjectsOf(input),
    ],
    ['ListPrincipalThings', 'GET /principals/things', principal, (input) => certificates.thingsOf(input)],
    ['ListPrincipalThingsV2', 'GET /principals/things-v2', principal, (input) => certificates.thingObjectsOf(input)],
    ['CreateCertificateFromCsr', 'POST /certificates', [], (input) => certificates.createFromCsr(input)],
    ['RegisterCertificateWithoutCA', 'POST /certificate/register-no-ca', [], (input) => certificates.register(input)],
    ['DescribeCertificate', 'GET /certificates/{certificateId}', cert, (input) => certificates.describe(input)],
    ['UpdateCertificate', 'PUT /certificates/{certificateId}', cert, (input) => certificates.update(input)],
    ['DeleteCertificate', 'DELETE /certificates/{certificateId}', cert, (input) => certificates.delete(input)],
    ['ListCertificates', 'GET /certificates', [], (input) => certificates.list(input)],
    ['AttachPolicy', 'PUT /target-policies/{policyName}', target, (input) => policies.attach(input)],
    ['DetachPolicy', 'POST /target-policies/{policyName}', target, (input) => policies.detach(input)],
    ['ListAttachedPolicies', 'POST /attached-policies/{target}', [], (input) => policies.attachedTo(input)],
    ['ListTargetsForPolicy', 'POST /policy-targets/{policyName}', policy, (input) => policies.targets(input)],
    ['ListPolicies', 'GET /policies', [], (input) => policies.list(input)],
    ['CreatePolicy', 'POST /policies/{policyName}', policy, (input) => policies.create(input)],
    ['GetPolicy', 'GET /policies/{policyName}', policy, (input) => policies.get(input)],
    ['DeletePolicy', 'DELETE /policies/{policyName}', policy, (input) => policies.delete(input)],
    ['CreatePolicyVersion', 'POST /policies/{policyName}/version', policy, (input) => policies.createVersion(input)],
    ['ListPolicyVersions', 'GET /policies/{policyName}/version', policy, (input) => policies.versions(input)],
    [
      'GetPolicyVersion',
      'GET /policies/{policyName}/version/{policyVersionId}',
      policy,
      (input) => policies.getVersion(input),
    ],
    [
      'SetDefaultPolicyVersion',
      'PATCH /policies/{policyName}/version/{policyVersionId}',
      policy,
      (input) => policies.setDefault(input),
    ],
    [
      'DeletePolicyVersion',
      'DELETE /policies/{policyName}/version/{policyVersionId}',
      policy,
      (input) => policies.deleteVersion(input),
    ],
    ['DescribeAccountAuditConfiguration', 'GET /audit/configuration', [], () => account.describeAudit()],
    [
      'UpdateAccountAuditConfiguration',
      'PATCH /audit/configuration',
      [],
      (input) => account.updateAudit(input),
      ['roleArn', 'auditNotificationTargetConfigurations.SNS.roleArn'],
    ],
    ['DeleteAccountAuditConfiguration', 'DELETE /audit/configuration', [], () => account.deleteAudit()],
    ['GetV2LoggingOptions', 'GET /v2LoggingOptions', [], () => account.getLogging()],
    ['SetV2LoggingOptions', 'POST /v2LoggingOptions', [], (input) => account.setLogging(input), ['roleArn']],
    ['GetIndexingConfiguration', 'GET /indexing/config', [], () => account.getIndexing()],
    ['UpdateIndexingConfiguration', 'POST /indexing/config', [], (input) => account.updateIndexing(input)],
    ['DescribeEventConfigurations', 'GET /event-configurations', [], () => account.describeEvents()],
    ['UpdateEventConfigurations', 'PATCH /event-configurations', [], (input) => account.updateEvents(input)],
    ['CreateAuditSuppression', 'POST /audit/suppressions/create', [], (input) => account.createSuppression(input)],
    [
      'DescribeAuditSuppression',
      'POST /audit/suppressions/describe',
      [],
      (input) => account.describeSuppression(input),
    ],
    ['UpdateAuditSuppression', 'PATCH /audit/suppressions/update', [], (input) => account.updateSuppression(input)],
    ['DeleteAuditSuppression', 'POST /audit/suppressions/delete', [], (input) => account.deleteSuppression(input)],
    ['ListAuditFindings', 'POST /audit/findings', [], (input) => audits.listFindings(input)],
    ['ListRelatedResourcesForAuditFinding', 'GET /audit/relatedResources', [], (input) => audits.listRelated(input)],
    ['DescribeAuditFinding', 'GET /audit/findings/{findingId}', [], (input) => audits.describeFinding(input)],
    ['StartOnDemandAuditTask', 'POST /audit/tasks', [], (input) => audits.start(input)],
    ['DescribeAuditTask', 'GET /audit/tasks/{taskId}', [], (input) => audits.describeTask(input)],
    ['ListAuditTasks', 'GET /audit/tasks', [], (input) => audits.listTasks(input)],
    [
      'CreateScheduledAudit',
      'POST /audit/scheduledaudits/{scheduledAuditName}',
      ['scheduledaudit/{scheduledAuditName}'],
      (input) => audits.create(input),
    ],
    [
      'DeleteScheduledAudit',
      'DELETE /audit/scheduledaudits/{scheduledAuditName}',
      ['scheduledaudit/{scheduledAuditName}'],
      (input) => audits.delete(input),
    ],
    [
      'DescribeScheduledAudit',
      'GET /audit/scheduledaudits/{scheduledAuditName}',
      ['scheduledaudit/{scheduledAuditName}'],
      (input) => audits.describeScheduled(input),
    ],
    ['ListScheduledAudits', 'GET /audit/scheduledaudits', [], (input) => audits.listScheduled(input)],
    ['ListActiveViolations', 'GET /active-violations', [], (input) => detect.activeViolations(input)],
    [
      'PutVerificationStateOnViolation',
      'POST /violations/verification-state/{violationId}',
      [],
      (input) => detect.verify(input),
    ],
    ['GetStatistics', 'POST /indices/statistics', ['index/{indexName}'], (input) => account.statistics(input)],
    ['DescribeEndpoint', 'GET /endpoint', [], (input) => account.endpoint(input)],
    ['CreateJob', 'PUT /jobs/{jobId}', [...job, '{targets}'], (input) => jobs.create(input)],
    ['DescribeJob', 'GET /jobs/{jobId}', job, (input) => jobs.describeJob(input)],
    ['CancelJob', 'PUT /jobs/{jobId}/cancel', job, (input) => jobs.cancel(input)],
    ['GetJobDocument', 'GET /jobs/{jobId}/job-document', job, (input) => jobs.document(input)],
    ['ListJobs', 'GET /jobs', [], (input) => jobs.list(input)],
    ['ListJobExecutionsForJob', 'GET /jobs/{jobId}/things', job, (input) => jobs.executionsOfJob(input)],
    ['ListJobExecutionsForThing', 'GET /things/{thingName}/jobs', thing, (input) => jobs.executionsOfThing(input)],
    [
      'DescribeJobExecution',
      'GET /things/{thingName}/jobs/{jobId}',
      [...job, ...thing],
      (input) => jobs.describeExecution(input),
    ],
  ];
}
