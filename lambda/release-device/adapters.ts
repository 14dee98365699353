import {
  AddThingToThingGroupCommand,
  DescribeCertificateCommand,
  type IoTClient,
  ListPrincipalThingsCommand,
  ListThingGroupsForThingCommand,
  PutVerificationStateOnViolationCommand,
  RemoveThingFromThingGroupCommand,
  UpdateCertificateCommand,
} from '@aws-sdk/client-iot';
import { DeleteConnectionCommand, type IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane';
import { ChangeMessageVisibilityCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { nameOf, orGone } from '../shared/incident/gone';
import type { Pacer } from '../shared/pacer';
import type { QueuePort, RegistryPort, VerificationPort } from './ports';

export function createRegistry(
  client: IoTClient,
  data: IoTDataPlaneClient,
  pace: Pacer,
  arnOf: (certificateId: string) => string,
): RegistryPort {
  const update = async (certificateId: string, newStatus: 'ACTIVE' | 'INACTIVE') => {
    await pace('UpdateCertificate');
    await client.send(new UpdateCertificateCommand({ certificateId, newStatus }));
  };
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
        if (nameOf(error) === 'InvalidRequestException') return 'full';
        throw error;
      }
    },
    statusOf: async (certificateId) => {
      await pace('DescribeCertificate');
      const found = await orGone(client.send(new DescribeCertificateCommand({ certificateId })));
      return found === 'gone' ? undefined : found.certificateDescription?.status;
    },
    thingsOf: async (certificateId, most) => {
      const things: string[] = [];
      const principal = arnOf(certificateId);
      let nextToken: string | undefined;
      do {
        await pace('ListPrincipalThings');
        const command = new ListPrincipalThingsCommand({ principal, nextToken, maxResults: 250 });
        const page = await orGone(client.send(command));
        if (page === 'gone') return things;
        things.push(...(page.things ?? []));
        nextToken = page.nextToken;
      } while (nextToken !== undefined && things.length <= most);
      return things.length > most ? 'more' : things;
    },
    activate: (certificateId) => update(certificateId, 'ACTIVE'),
    deactivate: (certificateId) => update(certificateId, 'INACTIVE'),
    cut: async (clientId) => {
      await pace('DeleteConnection');
      await orGone(data.send(new DeleteConnectionCommand({ clientId, cleanSession: true, preventWillMessage: true })));
    },
  };
}

export function createVerification(client: IoTClient, pace: Pacer): VerificationPort {
  return {
    verify: async (violationId, verificationState, verificationStateDescription) => {
      await pace('PutVerificationStateOnViolation');
      const input = { violationId, verificationState, verificationStateDescription };
      try {
        await client.send(new PutVerificationStateOnViolationCommand(input));
        return 'told';
      } catch (error) {
        // Violations are kept for 30 days; the call names no other fault of what is asked.
        if (nameOf(error) === 'InvalidRequestException') return 'unknown';
        throw error;
      }
    },
  };
}

export interface QueueUrls {
  readonly release: string;
  readonly look: string;
  readonly dead: string;
}

export function createQueue(client: SQSClient, urls: QueueUrls): QueuePort {
  const send = async (QueueUrl: string, message: object, DelaySeconds?: number) => {
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(message), DelaySeconds }));
  };
  return {
    order: (message, seconds) => send(urls.release, message, seconds),
    look: (message) => send(urls.look, message),
    refuse: async (MessageBody, reason) => {
      const MessageAttributes = { Reason: { DataType: 'String', StringValue: reason } };
      await client.send(new SendMessageCommand({ QueueUrl: urls.dead, MessageBody, MessageAttributes }));
    },
    retry: async ({ receiptHandle }, VisibilityTimeout) => {
      const QueueUrl = urls.release;
      await client.send(
        new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout }),
      );
    },
  };
}
