import {
  AddThingToThingGroupCommand,
  IoTClient,
  ListThingGroupsForThingCommand,
  RemoveThingFromThingGroupCommand,
  UpdateThingCommand,
  UpdateThingGroupsForThingCommand,
} from '@aws-sdk/client-iot';
import { sdkConfig } from '../shared/sdk';
import type { RegistryPort } from './ports';

export function createRegistry(): RegistryPort {
  const client = new IoTClient(sdkConfig());
  return {
    async update(thingName, { thingTypeName, removeThingType, attributes }) {
      await existing(thingName, () =>
        client.send(
          new UpdateThingCommand({
            thingName,
            thingTypeName,
            removeThingType,
            attributePayload: { attributes, merge: true },
          }),
        ),
      );
    },

    async groupsOf(thingName) {
      const { thingGroups } = await existing(thingName, () =>
        client.send(new ListThingGroupsForThingCommand({ thingName })),
      );
      return (thingGroups ?? []).map((group) => group.groupName ?? '');
    },

    async join(thingName, thingGroupName) {
      await existing(thingName, () => client.send(new AddThingToThingGroupCommand({ thingName, thingGroupName })));
    },

    async move(thingName, from, to) {
      await existing(thingName, () =>
        client.send(
          new UpdateThingGroupsForThingCommand({ thingName, thingGroupsToAdd: [to], thingGroupsToRemove: [from] }),
        ),
      );
    },

    async leave(thingName, thingGroupName) {
      try {
        await client.send(new RemoveThingFromThingGroupCommand({ thingName, thingGroupName }));
        return 'left';
      } catch (error) {
        if ((error as Error).name === 'ResourceNotFoundException') return 'gone';
        throw error;
      }
    },
  };
}

/** CloudFormation cannot know that a thing was deleted behind its back; the person who reads the failure must. */
async function existing<T>(thingName: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if ((error as Error).name !== 'ResourceNotFoundException') throw error;
    throw new Error(
      `${(error as Error).message}. If thing '${thingName}' was deleted outside CloudFormation, give the device another thing name or remove it from the stack; if it is the group or the type that is missing, name one that exists`,
      { cause: error },
    );
  }
}
