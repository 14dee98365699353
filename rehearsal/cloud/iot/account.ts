import { AUDIT_CHECKS } from '../../../lib/internal/audit-checks';
import { AwsFault, NotModelled } from '../fault';
import { type Input, recordOf, textOf } from '../operation';
import { type IotRegistry, notFound } from './registry';

/** The checks of an audit, by the names of the API. */
export const CHECK_NAMES: readonly string[] = Object.values(AUDIT_CHECKS)
  .map(({ name }) => name)
  .sort();

const EVENT_TYPES = [
  'THING',
  'THING_GROUP',
  'THING_TYPE',
  'THING_GROUP_MEMBERSHIP',
  'THING_GROUP_HIERARCHY',
  'THING_TYPE_ASSOCIATION',
  'JOB',
  'JOB_EXECUTION',
  'POLICY',
  'CERTIFICATE',
  'CA_CERTIFICATE',
] as const;

interface Audit {
  roleArn?: string;
  auditNotificationTargetConfigurations?: { readonly SNS?: Readonly<Record<string, unknown>> };
  auditCheckConfigurations: Readonly<Record<string, unknown>>;
}

/** The settings that an account and region has once. */
export class Account {
  public audit: Audit = { auditCheckConfigurations: allOff() };
  /** Checks that scheduled audits name, by audit. */
  public readonly scheduled = new Map<string, readonly string[]>();
  private logging: Readonly<Record<string, unknown>> | undefined;
  private things: Readonly<Record<string, unknown>> = { thingIndexingMode: 'OFF' };
  private groups: Readonly<Record<string, unknown>> = { thingGroupIndexingMode: 'OFF' };
  private readonly events: Record<string, boolean> = Object.fromEntries(EVENT_TYPES.map((type) => [type, false]));
  private readonly suppressions = new Map<string, Input>();

  constructor(private readonly registry: IotRegistry) {}

  public describeAudit(): object {
    return this.audit;
  }

  public updateAudit(input: Input): object {
    const roleArn = textOf(input, 'roleArn') ?? this.audit.roleArn;
    if (roleArn === undefined) throw new AwsFault('InvalidRequestException', 'A role is required');
    const checks = recordOf(input.auditCheckConfigurations);
    for (const [name, check] of Object.entries(checks)) {
      if (!CHECK_NAMES.includes(name)) throw new AwsFault('InvalidRequestException', `${name} is no audit check`);
      const named = [...this.scheduled].find(([, names]) => names.includes(name));
      if (recordOf(check).enabled !== true && named !== undefined)
        throw new AwsFault('InvalidRequestException', `${name} is used by the scheduled audit ${named[0]}`);
    }
    const target = recordOf(input.auditNotificationTargetConfigurations).SNS;
    this.audit = {
      roleArn,
      auditNotificationTargetConfigurations:
        target === undefined ? this.audit.auditNotificationTargetConfigurations : { SNS: recordOf(target) },
      auditCheckConfigurations: { ...this.audit.auditCheckConfigurations, ...checks },
    };
    return {};
  }

  public deleteAudit(): object {
    if (this.audit.roleArn === undefined) throw notFound('Audit configuration');
    if (this.scheduled.size > 0) throw new AwsFault('InvalidRequestException', 'Scheduled audits still use the checks');
    this.audit = { auditCheckConfigurations: allOff() };
    return {};
  }

  /** Settings of logging, where it was ever set. */
  public get settings(): Readonly<Record<string, unknown>> | undefined {
    return this.logging;
  }

  /** Whether AWS IoT publishes events of a type. */
  public publishes(type: (typeof EVENT_TYPES)[number]): boolean {
    return this.events[type] === true;
  }

  public getLogging(): object {
    if (this.logging === undefined) throw new AwsFault('NotConfiguredException', 'Logging is not configured', 404);
    return this.logging;
  }

  public setLogging(input: Input): object {
    const after = { disableAllLogs: false, eventConfigurations: [], ...this.logging, ...input };
    if (textOf(after, 'roleArn') === undefined && !after.disableAllLogs)
      throw new AwsFault('InvalidRequestException', 'A role is required');
    this.logging = after;
    return {};
  }

  public getIndexing(): object {
    return {
      thingIndexingConfiguration: { managedFields: [{ name: 'thingName', type: 'String' }], ...this.things },
      thingGroupIndexingConfiguration: this.groups,
    };
  }

  public updateIndexing(input: Input): object {
    const things =
      input.thingIndexingConfiguration === undefined ? this.things : recordOf(input.thingIndexingConfiguration);
    if (things.thingIndexingMode === 'OFF' && things.thingConnectivityIndexingMode === 'STATUS')
      throw new AwsFault('InvalidRequestException', 'Connectivity cannot be indexed while things are not');
    if ('managedFields' in recordOf(input.thingIndexingConfiguration))
      throw new AwsFault('InvalidRequestException', 'Managed fields cannot be set');
    this.things = things;
    if (input.thingGroupIndexingConfiguration !== undefined)
      this.groups = recordOf(input.thingGroupIndexingConfiguration);
    return {};
  }

  public describeEvents(): object {
    return {
      eventConfigurations: Object.fromEntries(
        Object.entries(this.events).map(([type, on]) => [type, on ? { Enabled: true } : {}]),
      ),
    };
  }

  public updateEvents(input: Input): object {
    for (const [type, event] of Object.entries(recordOf(input.eventConfigurations)))
      this.events[type] = recordOf(event).Enabled === true;
    return {};
  }

  public createSuppression(input: Input): object {
    if (this.suppressions.has(keyOf(input)))
      throw new AwsFault('ResourceAlreadyExistsException', 'The suppression exists already', 409);
    this.suppressions.set(keyOf(input), suppressionOf(input));
    return {};
  }

  public describeSuppression(input: Input): object {
    return this.existingSuppression(input);
  }

  public updateSuppression(input: Input): object {
    this.existingSuppression(input);
    this.suppressions.set(keyOf(input), suppressionOf(input));
    return {};
  }

  public deleteSuppression(input: Input): object {
    this.suppressions.delete(keyOf(input));
    return {};
  }

  /** Whether somebody decided to live with what a check finds of a resource, and still does. */
  public isSuppressed(checkName: string, resourceIdentifier: unknown, now: number): boolean {
    const found = this.suppressions.get(keyOf({ checkName, resourceIdentifier }));
    if (found === undefined) return false;
    return found.suppressIndefinitely === true || Number(found.expirationDate) * 1_000 > now;
  }

  /** Counts things by the terms that handlers use; a richer query is said to be unknown. */
  public statistics(input: Input): object {
    if (this.things.thingIndexingMode === 'OFF') throw notFound(`Index ${String(input.indexName)}`);
    const matches = queryOf(textOf(input, 'queryString') ?? '*');
    return { statistics: { count: this.registry.things().filter(matches).length } };
  }

  public endpoint(input: Input): object {
    const type = textOf(input, 'endpointType') ?? 'iot:Data';
    const host = {
      'iot:Data-ATS': '-ats.iot',
      'iot:Data': '.iot',
      'iot:CredentialProvider': '.credentials.iot',
      'iot:Jobs': '.jobs.iot',
    }[type];
    if (host === undefined) throw new AwsFault('InvalidRequestException', `${type} is no endpoint type`);
    const { region, urlSuffix } = this.registry.place;
    return { endpointAddress: `rehearsal${host}.${region}.${urlSuffix}` };
  }

  private existingSuppression(input: Input): Input {
    const found = this.suppressions.get(keyOf(input));
    if (found === undefined) throw notFound('Suppression');
    return found;
  }
}

function allOff(): Record<string, unknown> {
  return Object.fromEntries(CHECK_NAMES.map((name) => [name, { enabled: false }]));
}

function keyOf({ checkName, resourceIdentifier }: Input): string {
  return canonical([checkName, resourceIdentifier]);
}

/** The same text for the same resource, whatever the order of its members. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}

function suppressionOf({
  checkName,
  resourceIdentifier,
  expirationDate,
  suppressIndefinitely,
  description,
}: Input): Input {
  return { checkName, resourceIdentifier, expirationDate, suppressIndefinitely, description };
}

type Filter = (thing: {
  readonly thingName: string;
  readonly thingTypeName?: string;
  readonly groups: readonly string[];
}) => boolean;

function queryOf(query: string): Filter {
  if (query === '*') return () => true;
  const terms = query.split(' OR ').map((term): Filter => {
    const [, field, value = ''] = /^(thingName|thingTypeName|thingGroupNames):"?([^"*?]+)"?$/.exec(term.trim()) ?? [];
    if (field === 'thingName') return ({ thingName }) => thingName === value;
    if (field === 'thingTypeName') return ({ thingTypeName }) => thingTypeName === value;
    if (field === 'thingGroupNames') return ({ groups }) => groups.includes(value);
    throw new NotModelled(`fleet indexing query '${term}'`, 'the query was refused');
  });
  return (thing) => terms.some((term) => term(thing));
}
