import {
  CreateAuditSuppressionCommand,
  DeleteAccountAuditConfigurationCommand,
  DeleteAuditSuppressionCommand,
  DescribeAccountAuditConfigurationCommand,
  DescribeAuditSuppressionCommand,
  DescribeEventConfigurationsCommand,
  GetIndexingConfigurationCommand,
  GetV2LoggingOptionsCommand,
  type IndexingFilter,
  IoTClient,
  type LogEventConfiguration,
  type LogLevel,
  type ResourceIdentifier,
  SetV2LoggingOptionsCommand,
  type ThingGroupIndexingConfiguration,
  type ThingIndexingConfiguration,
  UpdateAccountAuditConfigurationCommand,
  UpdateAuditSuppressionCommand,
  UpdateEventConfigurationsCommand,
  UpdateIndexingConfigurationCommand,
} from '@aws-sdk/client-iot';
import {
  DeleteParameterCommand,
  GetParametersByPathCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import type { AuditCall, AuditState } from './audit';
import { sdkConfig } from '../shared/sdk';
import { fingerprint } from './event';
import type { EventsState } from './events';
import type { IndexingCall, IndexingState } from './indexing';
import type { LoggingCall, LoggingState } from './logging';
import type { AccountPort, ClaimsPort } from './ports';
import { identityOf, type SuppressionCall, type SuppressionIdentity, type SuppressionState } from './suppression';

export function createClients(): { readonly iot: IoTClient; readonly ssm: SSMClient } {
  return { iot: new IoTClient(sdkConfig()), ssm: new SSMClient(sdkConfig()) };
}

export function createClaims(client: SSMClient): ClaimsPort {
  return {
    async list(folder) {
      const found: { name: string; text: string }[] = [];
      let token: string | undefined;
      do {
        const page = await client.send(
          new GetParametersByPathCommand({ Path: folder, Recursive: true, MaxResults: 10, NextToken: token }),
        );
        for (const { Name = '', Value = '' } of page.Parameters ?? []) found.push({ name: Name, text: Value });
        token = page.NextToken;
      } while (token !== undefined);
      return found;
    },
    async create(name, text) {
      const outcome = await unless('ParameterAlreadyExists', () =>
        client.send(new PutParameterCommand({ ...parameter(name, text), Overwrite: false })),
      );
      return outcome === undefined ? 'exists' : 'created';
    },
    async replace(name, text) {
      await client.send(new PutParameterCommand({ ...parameter(name, text), Overwrite: true }));
    },
    async remove(name) {
      await unless('ParameterNotFound', () => client.send(new DeleteParameterCommand({ Name: name })));
    },
  };
}

/** Costs nothing below 4 KB and still works above. */
function parameter(name: string, text: string) {
  return { Name: name, Value: text, Type: 'String', Tier: 'Intelligent-Tiering' } as const;
}

export function createAudit(client: IoTClient): AccountPort<AuditState, AuditCall> {
  return {
    async read() {
      const found = await client.send(new DescribeAccountAuditConfigurationCommand({}));
      const notification = found.auditNotificationTargetConfigurations?.SNS;
      return {
        roleArn: found.roleArn,
        notification: notification && { ...notification, enabled: notification.enabled === true },
        checks: Object.fromEntries(
          Object.entries(found.auditCheckConfigurations ?? {}).map(([name, check]) => [
            name,
            { enabled: check.enabled === true, configuration: check.configuration },
          ]),
        ),
      };
    },
    async write(call) {
      if (call.kind === 'delete') {
        await unless('ResourceNotFoundException', () => client.send(new DeleteAccountAuditConfigurationCommand({})));
        return;
      }
      await client.send(
        new UpdateAccountAuditConfigurationCommand({
          roleArn: call.roleArn,
          auditNotificationTargetConfigurations: call.notification && { SNS: call.notification },
          auditCheckConfigurations: call.checks,
        }),
      );
    },
  };
}

export function createLogging(client: IoTClient): AccountPort<LoggingState, LoggingCall> {
  return {
    async read() {
      const found = await unless('NotConfiguredException', () => client.send(new GetV2LoggingOptionsCommand({})));
      if (found === undefined) return { events: [] };
      return {
        roleArn: found.roleArn,
        defaultLogLevel: found.defaultLogLevel,
        disableAllLogs: found.disableAllLogs === true,
        events: (found.eventConfigurations ?? []).map((event) => ({ ...event, eventType: event.eventType ?? '' })),
      };
    },
    async write(call) {
      await client.send(
        new SetV2LoggingOptionsCommand({
          roleArn: call.roleArn,
          defaultLogLevel: call.defaultLogLevel as LogLevel | undefined,
          disableAllLogs: call.disableAllLogs,
          eventConfigurations: call.events as LogEventConfiguration[] | undefined,
        }),
      );
    },
  };
}

export function createIndexing(client: IoTClient): AccountPort<IndexingState, IndexingCall> {
  return {
    async read() {
      const found = await client.send(new GetIndexingConfigurationCommand({}));
      const { thingIndexingMode, thingConnectivityIndexingMode, deviceDefenderIndexingMode, namedShadowIndexingMode } =
        found.thingIndexingConfiguration ?? {};
      const { namedShadowNames = [], ...restOfFilter } = found.thingIndexingConfiguration?.filter ?? {};
      return {
        things: {
          modes: {
            thingIndexingMode,
            thingConnectivityIndexingMode,
            deviceDefenderIndexingMode,
            namedShadowIndexingMode,
          },
          fields: found.thingIndexingConfiguration?.customFields ?? [],
          namedShadows: namedShadowNames,
          restOfFilter,
        },
        groups: {
          mode: found.thingGroupIndexingConfiguration?.thingGroupIndexingMode,
          fields: found.thingGroupIndexingConfiguration?.customFields ?? [],
        },
      };
    },
    async write(call) {
      await client.send(
        new UpdateIndexingConfigurationCommand({
          thingIndexingConfiguration: call.things && renderThings(call.things),
          thingGroupIndexingConfiguration: call.groups && {
            thingGroupIndexingMode: call.groups.mode as ThingGroupIndexingConfiguration['thingGroupIndexingMode'],
            customFields: [...call.groups.fields] as ThingGroupIndexingConfiguration['customFields'],
          },
        }),
      );
    },
  };
}

/** Managed fields are the service's own and may not be sent. */
function renderThings({
  modes,
  fields,
  namedShadows,
  restOfFilter,
}: IndexingState['things']): ThingIndexingConfiguration {
  const filter: IndexingFilter = {
    ...restOfFilter,
    ...(namedShadows.length > 0 && { namedShadowNames: [...namedShadows] }),
  };
  return {
    ...(modes as unknown as ThingIndexingConfiguration),
    customFields: [...fields] as ThingIndexingConfiguration['customFields'],
    ...(Object.keys(filter).length > 0 && { filter }),
  };
}

export function createEvents(client: IoTClient): AccountPort<EventsState, EventsState> {
  return {
    async read() {
      const found = await client.send(new DescribeEventConfigurationsCommand({}));
      return Object.fromEntries(
        Object.entries(found.eventConfigurations ?? {}).map(([type, event]) => [type, event.Enabled === true]),
      );
    },
    async write(call) {
      const eventConfigurations = Object.fromEntries(
        Object.entries(call).map(([type, enabled]) => [type, { Enabled: enabled }]),
      );
      await client.send(new UpdateEventConfigurationsCommand({ eventConfigurations }));
    },
  };
}

export function createSuppressions(client: IoTClient): AccountPort<SuppressionState, SuppressionCall> {
  return {
    async read(keys) {
      const state: Record<string, SuppressionState[string]> = {};
      for (const key of keys) state[key] = await describeSuppression(client, identityOf(key));
      return state;
    },
    async write(call) {
      const identity = renderIdentity(call.identity);
      if (call.kind === 'delete') {
        await client.send(new DeleteAuditSuppressionCommand(identity));
        return;
      }
      const { expirationDate, ...rest } = call.value;
      const value = {
        ...identity,
        ...rest,
        suppressIndefinitely: rest.suppressIndefinitely === true,
        expirationDate: expirationDate === undefined ? undefined : new Date(expirationDate * 1000),
      };
      if (call.kind === 'update') {
        await client.send(new UpdateAuditSuppressionCommand(value));
        return;
      }
      // The same content has the same token; one that exists after all is a creation whose answer was lost.
      const clientRequestToken = fingerprint(JSON.stringify(value));
      const created = await unless('ResourceAlreadyExistsException', () =>
        client.send(new CreateAuditSuppressionCommand({ ...value, clientRequestToken })),
      );
      if (created === undefined) await client.send(new UpdateAuditSuppressionCommand(value));
    },
  };
}

async function describeSuppression(
  client: IoTClient,
  identity: SuppressionIdentity,
): Promise<SuppressionState[string]> {
  const found = await unless('ResourceNotFoundException', () =>
    client.send(new DescribeAuditSuppressionCommand(renderIdentity(identity))),
  );
  return (
    found && {
      expirationDate: found.expirationDate && Math.floor(found.expirationDate.getTime() / 1000),
      suppressIndefinitely: found.suppressIndefinitely,
      description: found.description,
    }
  );
}

function renderIdentity({ checkName, resourceIdentifier }: SuppressionIdentity) {
  return { checkName, resourceIdentifier: resourceIdentifier as ResourceIdentifier };
}

/** Undefined where the service answers with the one fault that means "nothing to do". */
async function unless<T>(fault: string, call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof Error && error.name === fault) return undefined;
    throw error;
  }
}
