import { AUDIT_CHECKS, type AuditCheckFacts } from '../../lib/internal/audit-checks';
import { AwsFault, type Input, type Route } from './fake-aws';

interface Check {
  enabled: boolean;
  configuration?: Record<string, string>;
}

interface Target {
  targetArn?: string;
  roleArn?: string;
  enabled: boolean;
}

export interface AuditConfiguration {
  roleArn?: string;
  auditNotificationTargetConfigurations?: { SNS?: Target };
  auditCheckConfigurations: Record<string, Check>;
}

interface Logging {
  roleArn?: string;
  defaultLogLevel?: string;
  disableAllLogs: boolean;
  eventConfigurations: { eventType: string; logLevel?: string; logDestination?: string }[];
}

interface Indexing {
  thingIndexingConfiguration: Record<string, unknown>;
  thingGroupIndexingConfiguration: Record<string, unknown>;
}

const OPERATIONS: Readonly<Record<string, string>> = {
  DescribeAccountAuditConfiguration: 'GET /audit/configuration',
  UpdateAccountAuditConfiguration: 'PATCH /audit/configuration',
  DeleteAccountAuditConfiguration: 'DELETE /audit/configuration',
  GetV2LoggingOptions: 'GET /v2LoggingOptions',
  SetV2LoggingOptions: 'POST /v2LoggingOptions',
  GetIndexingConfiguration: 'GET /indexing/config',
  UpdateIndexingConfiguration: 'POST /indexing/config',
  DescribeEventConfigurations: 'GET /event-configurations',
  UpdateEventConfigurations: 'PATCH /event-configurations',
  CreateAuditSuppression: 'POST /audit/suppressions/create',
  DescribeAuditSuppression: 'POST /audit/suppressions/describe',
  UpdateAuditSuppression: 'PATCH /audit/suppressions/update',
  DeleteAuditSuppression: 'POST /audit/suppressions/delete',
  GetParametersByPath: 'AmazonSSM.GetParametersByPath',
  PutParameter: 'AmazonSSM.PutParameter',
  DeleteParameter: 'AmazonSSM.DeleteParameter',
};

const ADVANCED_BYTES = 8_192;
const PAGE = 10;

/** The settings that an account and region has once, and its parameters, with the refusals of the real services. */
export class FakeAccount {
  public audit: AuditConfiguration = { auditCheckConfigurations: allChecksOff() };
  /** Undefined: never configured. */
  public logging: Logging | undefined;
  public indexing: Indexing = {
    thingIndexingConfiguration: { thingIndexingMode: 'OFF', managedFields: [{ name: 'thingName', type: 'String' }] },
    thingGroupIndexingConfiguration: { thingGroupIndexingMode: 'OFF' },
  };
  public events: Record<string, boolean> = { THING: false, JOB: false, JOB_EXECUTION: false, POLICY: false };
  /** By check and resource: seconds since the epoch or none, and why. */
  public readonly suppressions = new Map<string, Input>();
  public readonly parameters = new Map<string, string>();
  /** Checks that scheduled audits name. */
  public readonly scheduledChecks = new Set<string>();
  public dynamicGroups = 0;
  /** Roles that IAM has not made known yet. */
  public readonly unknownRoles = new Set<string>();
  /** Roles that the caller may hand over; undefined: all. */
  public passableRoles: ReadonlySet<string> | undefined;

  public readonly routes: readonly Route[] = Object.entries(OPERATIONS).map(([operation, match]) => ({
    operation,
    match,
    act: (input) => this.call(operation, input),
  }));

  public call(operation: string, input: Input): object {
    const acts: Record<string, (input: never) => object | undefined> = {
      DescribeAccountAuditConfiguration: () => this.audit,
      UpdateAccountAuditConfiguration: (patch: Partial<AuditConfiguration>) => this.updateAudit(patch),
      DeleteAccountAuditConfiguration: () => this.deleteAudit(),
      GetV2LoggingOptions: () => this.logging ?? fail('NotConfiguredException', 404),
      SetV2LoggingOptions: (options: Partial<Logging>) => this.setLogging(options),
      GetIndexingConfiguration: () => this.indexing,
      UpdateIndexingConfiguration: (halves: Partial<Indexing>) => this.updateIndexing(halves),
      DescribeEventConfigurations: () => ({
        eventConfigurations: mapValues(this.events, (on) => (on ? { Enabled: true } : {})),
      }),
      UpdateEventConfigurations: (input: { eventConfigurations: Record<string, { Enabled?: boolean }> }) => {
        Object.assign(
          this.events,
          mapValues(input.eventConfigurations, ({ Enabled }) => Enabled === true),
        );
        return undefined;
      },
      CreateAuditSuppression: (input: Input) =>
        this.suppressions.has(suppressionKey(input))
          ? fail('ResourceAlreadyExistsException', 409)
          : this.putSuppression(input),
      DescribeAuditSuppression: (input: Input) =>
        this.suppressions.get(suppressionKey(input)) ?? fail('ResourceNotFoundException', 404),
      UpdateAuditSuppression: (input: Input) =>
        this.suppressions.has(suppressionKey(input))
          ? this.putSuppression(input)
          : fail('ResourceNotFoundException', 404),
      DeleteAuditSuppression: (input: Input) => {
        this.suppressions.delete(suppressionKey(input));
        return undefined;
      },
      GetParametersByPath: (input: { Path: string; NextToken?: string }) => this.listParameters(input),
      PutParameter: (input: { Name: string; Value: string; Overwrite?: boolean }) => this.putParameter(input),
      DeleteParameter: ({ Name }: { Name: string }) =>
        this.parameters.delete(Name) ? undefined : fail('ParameterNotFound'),
    };
    const act = acts[operation];
    if (act === undefined) throw new Error(`unknown operation ${operation}`);
    return structuredClone(act(structuredClone(input) as never)) ?? {};
  }

  /** All but the parameters, for comparison: what is not set is not there. */
  public settings(): object {
    const { audit, logging, indexing, events, suppressions } = this;
    return JSON.parse(JSON.stringify({ audit, logging, indexing, events, suppressions: [...suppressions] })) as object;
  }

  private updateAudit(patch: Partial<AuditConfiguration>): undefined {
    const roleArn = patch.roleArn ?? this.audit.roleArn;
    if (roleArn === undefined) fail('InvalidRequestException');
    this.checkRole(patch.roleArn);
    const target = patch.auditNotificationTargetConfigurations?.SNS;
    this.checkRole(target?.roleArn);
    for (const [name, check] of Object.entries(patch.auditCheckConfigurations ?? {})) {
      if (!(name in this.audit.auditCheckConfigurations)) fail('InvalidRequestException');
      if (!check.enabled && this.scheduledChecks.has(name)) fail('InvalidRequestException');
    }
    this.audit = {
      roleArn,
      auditNotificationTargetConfigurations:
        target === undefined
          ? this.audit.auditNotificationTargetConfigurations
          : target.targetArn === undefined && !target.enabled
            ? undefined
            : { SNS: target },
      auditCheckConfigurations: { ...this.audit.auditCheckConfigurations, ...patch.auditCheckConfigurations },
    };
    return undefined;
  }

  private deleteAudit(): undefined {
    if (this.scheduledChecks.size > 0) fail('InvalidRequestException');
    if (this.audit.roleArn === undefined) fail('ResourceNotFoundException', 404);
    this.audit = { auditCheckConfigurations: allChecksOff() };
    return undefined;
  }

  private setLogging(options: Partial<Logging>): undefined {
    this.checkRole(options.roleArn);
    const before = this.logging ?? { disableAllLogs: false, eventConfigurations: [] };
    const after = { ...before, ...JSON.parse(JSON.stringify(options)) } as Logging;
    if (after.roleArn === undefined && !after.disableAllLogs) fail('InvalidRequestException');
    this.logging = after;
    return undefined;
  }

  private updateIndexing(halves: Partial<Indexing>): undefined {
    const after = { ...this.indexing, ...halves };
    const things = after.thingIndexingConfiguration;
    const isOff = things.thingIndexingMode === 'OFF';
    if (isOff && this.dynamicGroups > 0) fail('InvalidRequestException');
    if (isOff && things.thingConnectivityIndexingMode === 'STATUS') fail('InvalidRequestException');
    if ('managedFields' in (halves.thingIndexingConfiguration ?? {})) fail('InvalidRequestException');
    this.indexing = {
      thingIndexingConfiguration: {
        managedFields: this.indexing.thingIndexingConfiguration.managedFields,
        ...things,
      },
      thingGroupIndexingConfiguration: after.thingGroupIndexingConfiguration,
    };
    return undefined;
  }

  private putSuppression(input: Input): undefined {
    const { checkName, resourceIdentifier, expirationDate, suppressIndefinitely, description } = input;
    const value = { checkName, resourceIdentifier, expirationDate, suppressIndefinitely, description };
    this.suppressions.set(suppressionKey(input), value);
    return undefined;
  }

  private listParameters({ Path, NextToken }: { Path: string; NextToken?: string }): object {
    const names = [...this.parameters.keys()].filter((name) => name.startsWith(`${Path}/`)).sort();
    const start = Number(NextToken ?? 0);
    const page = names.slice(start, start + PAGE);
    return {
      Parameters: page.map((Name) => ({ Name, Value: this.parameters.get(Name) })),
      NextToken: start + PAGE < names.length ? String(start + PAGE) : undefined,
    };
  }

  private putParameter(input: { Name: string; Value: string; Overwrite?: boolean }): object {
    if (this.parameters.has(input.Name) && input.Overwrite !== true) fail('ParameterAlreadyExists');
    if (Buffer.byteLength(input.Value) > ADVANCED_BYTES) fail('ValidationException');
    this.parameters.set(input.Name, input.Value);
    return { Version: 1 };
  }

  private checkRole(roleArn: string | undefined): void {
    if (roleArn === undefined) return;
    if (this.passableRoles?.has(roleArn) === false) fail('AccessDeniedException', 403);
    if (this.unknownRoles.has(roleArn)) fail('InvalidRequestException');
  }
}

function allChecksOff(): Record<string, Check> {
  return Object.fromEntries(
    Object.values<AuditCheckFacts>(AUDIT_CHECKS).map(({ name }) => [name, { enabled: false }] as const),
  );
}

function suppressionKey(input: Input): string {
  return JSON.stringify([input.checkName, input.resourceIdentifier]);
}

function mapValues<T, U>(record: Record<string, T>, render: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, render(value)]));
}

function fail(name: string, status = 400): never {
  throw new AwsFault(name, name, status);
}
