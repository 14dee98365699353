import {
  AddThingToThingGroupCommand,
  DescribeCertificateCommand,
  GetStatisticsCommand,
  type IoTClient,
  ListAuditFindingsCommand,
  ListPrincipalThingsCommand,
  ListRelatedResourcesForAuditFindingCommand,
  ListThingGroupsForThingCommand,
  ListThingPrincipalsCommand,
  RemoveThingFromThingGroupCommand,
  UpdateCertificateCommand,
} from '@aws-sdk/client-iot';
import { DeleteConnectionCommand, GetConnectionCommand, type IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane';
import { ChangeMessageVisibilityCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { nameOf, orGone } from '../shared/incident/gone';
import { isCertificateId } from '../shared/incident/text';
import type { Pacer } from '../shared/pacer';
import type { AuditPort, CertificatePort, FleetPort, QueuePort, SessionPort } from './ports';

const INDEX = 'AWS_Things';
const SIZE_IS_FRESH_MS = 60_000;

export function createFleet(
  client: IoTClient,
  pace: Pacer,
  fleetGroups: readonly string[],
  quarantine: string,
): FleetPort {
  let size: { readonly at: number; readonly count: number | undefined } | undefined;
  return {
    groupsOf: async (thingName) => {
      const groups: string[] = [];
      let nextToken: string | undefined;
      do {
        await pace('ListThingGroupsForThing');
        const command = new ListThingGroupsForThingCommand({ thingName, nextToken, maxResults: 25 });
        const page = await orGone(client.send(command));
        if (page === 'gone') return 'gone';
        groups.push(...(page.thingGroups ?? []).flatMap(({ groupName }) => groupName ?? []));
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
      return groups;
    },
    leave: async (thingName, thingGroupName) => {
      await pace('RemoveThingFromThingGroup');
      await orGone(client.send(new RemoveThingFromThingGroupCommand({ thingName, thingGroupName })));
    },
    join: async (thingName, thingGroupName) => {
      await pace('AddThingToThingGroup');
      const command = new AddThingToThingGroupCommand({ thingName, thingGroupName, overrideDynamicGroups: true });
      try {
        return (await orGone(client.send(command))) === 'gone' ? 'gone' : 'joined';
      } catch (error) {
        // The names are valid, so what the service finds invalid is an eleventh group.
        if (nameOf(error) === 'InvalidRequestException') return 'full';
        throw error;
      }
    },
    size: async () => {
      if (size === undefined || Date.now() - size.at > SIZE_IS_FRESH_MS)
        size = { at: Date.now(), count: await countOf(client, [...fleetGroups, quarantine]) };
      return size.count;
    },
  };
}

/** Undefined where fleet indexing is off: the service finds no index then. */
async function countOf(client: IoTClient, groups: readonly string[]): Promise<number | undefined> {
  const queryString = groups.map((group) => `thingGroupNames:"${group}"`).join(' OR ');
  try {
    const { statistics } = await client.send(new GetStatisticsCommand({ indexName: INDEX, queryString }));
    return statistics?.count;
  } catch (error) {
    if (/^(ResourceNotFound|IndexNotReady|InvalidQuery|InvalidRequest)Exception$/.test(nameOf(error))) return undefined;
    throw error;
  }
}

export function createSessions(client: IoTDataPlaneClient, pace: Pacer): SessionPort {
  return {
    cut: async (clientId) => {
      await pace('DeleteConnection');
      await orGone(
        client.send(new DeleteConnectionCommand({ clientId, cleanSession: true, preventWillMessage: true })),
      );
    },
    connectedSince: async (clientId) => {
      await pace('GetConnection');
      const session = await orGone(client.send(new GetConnectionCommand({ clientId })));
      return session === 'gone' || session.connected !== true ? undefined : (session.connectedSince ?? 0);
    },
  };
}

export function createCertificates(
  client: IoTClient,
  pace: Pacer,
  arnOf: (certificateId: string) => string,
): CertificatePort {
  return {
    certificatesOf: async (thingName) => {
      const ids: string[] = [];
      let nextToken: string | undefined;
      do {
        await pace('ListThingPrincipals');
        const page = await orGone(
          client.send(new ListThingPrincipalsCommand({ thingName, nextToken, maxResults: 250 })),
        );
        if (page === 'gone') return ids;
        // Cognito identities are principals, too; they have no certificate.
        ids.push(...(page.principals ?? []).map((arn) => arn.split(':cert/')[1]).filter(isCertificateId));
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
      return ids;
    },
    thingsOf: async (certificateId) => {
      const things: string[] = [];
      const principal = arnOf(certificateId);
      let nextToken: string | undefined;
      do {
        await pace('ListPrincipalThings');
        const page = await orGone(
          client.send(new ListPrincipalThingsCommand({ principal, nextToken, maxResults: 250 })),
        );
        if (page === 'gone') return things;
        things.push(...(page.things ?? []));
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
      return things;
    },
    statusOf: async (certificateId) => {
      await pace('DescribeCertificate');
      const found = await orGone(client.send(new DescribeCertificateCommand({ certificateId })));
      return found === 'gone' ? undefined : found.certificateDescription?.status;
    },
    switchOff: async (certificateId, newStatus) => {
      await pace('UpdateCertificate');
      try {
        const result = await orGone(client.send(new UpdateCertificateCommand({ certificateId, newStatus })));
        return result === 'gone' ? 'gone' : 'off';
      } catch (error) {
        if (nameOf(error) === 'CertificateStateException') return 'refused';
        throw error;
      }
    },
  };
}

export function createAudits(client: IoTClient, pace: Pacer): AuditPort {
  return {
    findings: async ({ taskId, check, nextToken }) => {
      await pace('ListAuditFindings');
      const page = await client.send(
        new ListAuditFindingsCommand({
          taskId,
          checkName: check,
          nextToken,
          maxResults: 50,
          listSuppressedFindings: false,
        }),
      );
      return { findings: page.findings ?? [], nextToken: page.nextToken };
    },
    related: async (findingId, nextToken) => {
      // Has no quota of its own that is documented: it takes from that of the findings.
      await pace('ListAuditFindings');
      const command = new ListRelatedResourcesForAuditFindingCommand({ findingId, nextToken, maxResults: 50 });
      const page = await client.send(command);
      return { resources: page.relatedResources ?? [], nextToken: page.nextToken };
    },
  };
}

export interface QueueUrls {
  readonly look: string;
  readonly slow: string;
  readonly dead: string;
}

export function createQueue(client: SQSClient, urls: QueueUrls): QueuePort {
  const send = async (QueueUrl: string, MessageBody: string, DelaySeconds?: number) => {
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody, DelaySeconds }));
  };
  return {
    later: (message, seconds) => send(urls.look, JSON.stringify(message), seconds),
    slow: (body) => send(urls.slow, body),
    refuse: async (MessageBody, reason) => {
      const MessageAttributes = { Reason: { DataType: 'String', StringValue: reason } };
      await client.send(new SendMessageCommand({ QueueUrl: urls.dead, MessageBody, MessageAttributes }));
    },
    retry: async ({ eventSourceARN, receiptHandle }, VisibilityTimeout) => {
      // All queues of the function are in one account and region, so their URLs differ in the name only.
      const QueueUrl = urls.slow.replace(/[^/]+$/, eventSourceARN.split(':').pop() ?? '');
      await client.send(
        new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout }),
      );
    },
  };
}
