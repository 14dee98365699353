import {
  AttachPolicyCommand,
  DeletePolicyVersionCommand,
  DetachPolicyCommand,
  IoTClient,
  ListAttachedPoliciesCommand,
  ListPolicyVersionsCommand,
  ListTargetsForPolicyCommand,
  ListThingsInThingGroupCommand,
} from '@aws-sdk/client-iot';
import { sdkConfig } from '../shared/sdk';
import type { GroupPoliciesPort } from './ports';

const MEMBERS_SHOWN = 5;

/** The port over the AWS IoT API. */
export function createGroupPoliciesPort(): GroupPoliciesPort {
  const iot = new IoTClient(sdkConfig());

  const attachedTo: GroupPoliciesPort['attachedTo'] = (target) =>
    unlessMissing(async () => {
      const names: string[] = [];
      let marker: string | undefined;
      do {
        const page = await iot.send(new ListAttachedPoliciesCommand({ target, recursive: false, marker }));
        for (const { policyName } of page.policies ?? []) if (policyName !== undefined) names.push(policyName);
        marker = page.nextMarker;
      } while (marker);
      return names;
    });

  return {
    attachedTo,

    async attach(policyName, target) {
      try {
        await iot.send(new AttachPolicyCommand({ policyName, target }));
        return 'attached';
      } catch (error) {
        if (isNamed(error, 'ResourceNotFoundException')) return 'missing';
        if (isNamed(error, 'LimitExceededException')) return 'full';
        throw error;
      }
    },

    async detach(policyName, target) {
      try {
        await iot.send(new DetachPolicyCommand({ policyName, target }));
      } catch (error) {
        if (isNamed(error, 'ResourceNotFoundException')) return;
        // What the API says of a group or policy that is gone is not documented; whether it is still there is.
        if (!isNamed(error, 'InvalidRequestException')) throw error;
        const attached = await attachedTo(target);
        if (attached !== 'missing' && attached.includes(policyName)) throw error;
      }
    },

    targetsOf: (policyName) =>
      unlessMissing(async () => {
        const targets: string[] = [];
        let marker: string | undefined;
        do {
          const page = await iot.send(new ListTargetsForPolicyCommand({ policyName, marker }));
          targets.push(...(page.targets ?? []));
          marker = page.nextMarker;
        } while (marker);
        return targets;
      }),

    async versionsOf(policyName) {
      const { policyVersions = [] } = await iot.send(new ListPolicyVersionsCommand({ policyName }));
      return policyVersions.map(({ versionId = '', isDefaultVersion }) => ({
        id: versionId,
        isDefault: isDefaultVersion === true,
      }));
    },

    async deleteVersion(policyName, policyVersionId) {
      try {
        await iot.send(new DeletePolicyVersionCommand({ policyName, policyVersionId }));
        return 'deleted';
      } catch (error) {
        if (isNamed(error, 'ResourceNotFoundException')) return 'deleted';
        if (isNamed(error, 'InvalidRequestException') || isNamed(error, 'DeleteConflictException')) return 'kept';
        throw error;
      }
    },

    async someMembersOf(thingGroupName) {
      const page = await unlessMissing(() =>
        iot.send(new ListThingsInThingGroupCommand({ thingGroupName, recursive: true, maxResults: MEMBERS_SHOWN })),
      );
      return page === 'missing' ? [] : (page.things ?? []);
    },
  };
}

async function unlessMissing<T>(call: () => Promise<T>): Promise<T | 'missing'> {
  try {
    return await call();
  } catch (error) {
    if (isNamed(error, 'ResourceNotFoundException')) return 'missing';
    throw error;
  }
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}
