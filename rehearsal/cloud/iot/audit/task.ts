import { auditCheckFacts } from '../../../../lib/internal/audit-checks';
import type { AuditCheckRun } from '../../../ports';
import { recordOf } from '../../operation';
import type { Breach } from './checks';

export interface Finding {
  readonly findingId: string;
  readonly checkName: string;
  readonly at: number;
  readonly task: Task;
  readonly breach: Breach;
  readonly isSuppressed: boolean;
}

export interface Task {
  readonly taskId: string;
  readonly startedAt: number;
  readonly scheduledAuditName?: string;
  readonly details: ReadonlyMap<string, Details>;
}

/** Of one check, as DescribeAuditTask has it. */
export interface Details {
  readonly checkRunStatus: 'COMPLETED_COMPLIANT' | 'COMPLETED_NON_COMPLIANT' | 'FAILED';
  readonly checkCompliant?: boolean;
  readonly totalResourcesCount?: number;
  readonly nonCompliantResourcesCount?: number;
  readonly suppressedNonCompliantResourcesCount?: number;
  readonly errorCode?: 'INSUFFICIENT_PERMISSIONS' | 'AUDIT_CHECK_DISABLED';
  readonly message?: string;
}

/** As DescribeAuditTask has it. */
export function describedTask(task: Task): object {
  const { startedAt, scheduledAuditName, details } = task;
  const count = countOf(details);
  return {
    taskStatus: 'COMPLETED',
    taskType: typeOf(task),
    taskStartTime: startedAt / 1_000,
    scheduledAuditName,
    taskStatistics: {
      totalChecks: details.size,
      inProgressChecks: 0,
      waitingForDataCollectionChecks: 0,
      compliantChecks: count('COMPLETED_COMPLIANT'),
      nonCompliantChecks: count('COMPLETED_NON_COMPLIANT'),
      failedChecks: count('FAILED'),
      canceledChecks: 0,
    },
    auditDetails: Object.fromEntries(details),
  };
}

/** What is published when an audit is done: a list of the checks here, and no findings. */
export function messageOf(task: Task, accountId: string): object {
  const count = countOf(task.details);
  return {
    accountId,
    taskId: task.taskId,
    taskStatus: 'COMPLETED',
    taskType: typeOf(task),
    taskStartTime: task.startedAt,
    failedChecksCount: count('FAILED'),
    canceledChecksCount: 0,
    nonCompliantChecksCount: count('COMPLETED_NON_COMPLIANT'),
    compliantChecksCount: count('COMPLETED_COMPLIANT'),
    totalChecksCount: task.details.size,
    auditDetails: [...task.details].map(([checkName, details]) => ({
      checkName,
      checkRunStatus: details.checkRunStatus,
      nonCompliantResourcesCount: details.nonCompliantResourcesCount ?? 0,
      totalResourcesCount: details.totalResourcesCount ?? 0,
      suppressedNonCompliantResourceCount: details.suppressedNonCompliantResourcesCount ?? 0,
    })),
  };
}

export function typeOf({ scheduledAuditName }: Task): string {
  return scheduledAuditName === undefined ? 'ON_DEMAND_AUDIT_TASK' : 'SCHEDULED_AUDIT_TASK';
}

function countOf(details: Task['details']): (status: Details['checkRunStatus']) => number {
  return (status) => [...details.values()].filter(({ checkRunStatus }) => checkRunStatus === status).length;
}

/** What the service says of a finding. */
export function shown({ findingId, checkName, at, task, breach, isSuppressed }: Finding): object {
  return {
    findingId,
    taskId: task.taskId,
    checkName,
    taskStartTime: task.startedAt / 1_000,
    findingTime: at / 1_000,
    severity: auditCheckFacts(checkName)?.severity,
    nonCompliantResource: breach.resource,
    relatedResources: breach.related ?? [],
    reasonForNonCompliance: breach.reason,
    reasonForNonComplianceCode: breach.code,
    isSuppressed,
  };
}

/** What a finding is about. */
export function idsOf({ resource: { resourceType, resourceIdentifier } }: Breach): { readonly resource: string } {
  const { deviceCertificateId, clientId, policyVersionIdentifier, account } = resourceIdentifier;
  const named = deviceCertificateId ?? clientId ?? recordOf(policyVersionIdentifier).policyName ?? account;
  return { resource: `${resourceType} ${String(named)}` };
}

export function wordsOf({ check, outcome, found, because }: AuditCheckRun): string {
  if (because !== undefined) return `${check}: ${outcome}, ${because}`;
  if (found.length === 0) return `${check}: compliant`;
  const each = found.map(
    ({ resource, reason, isSuppressed }) => `${resource}, ${reason}${isSuppressed ? ' (suppressed)' : ''}`,
  );
  return `${check}: ${each.join('; ')}`;
}
