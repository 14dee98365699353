import type { CertificateStatus, CertificateView, Outside } from '../ports';
import type { Cloudlike } from './parts';

/** What people and systems outside the stacks do: by their own right, and by the same doors. */
export function outsideOf(cloud: Cloudlike, tell: (topic: string, payload: unknown) => Promise<void>): Outside {
  const { registry, policies, certificates, sns, sqs, events, functions, jobs, world } = cloud;
  const settled = async (act: () => void): Promise<void> => {
    act();
    await world.clock.settle();
  };
  let tunnels = 0;
  return {
    registerCertificate: async (
      pem: string,
      options: {
        readonly status?: CertificateStatus;
        readonly policyNames?: readonly string[];
        readonly like?: string;
      } = {},
    ): Promise<CertificateView> => {
      const like = options.like === undefined ? undefined : registry.existingCertificate(options.like);
      const added = registry.addCertificate(pem, options.status ?? 'ACTIVE');
      const { certificateId } = added;
      const target = registry.arn(`cert/${certificateId}`);
      for (const policyName of [...(options.policyNames ?? []), ...(like?.policies.latest ?? [])])
        policies.attach({ policyName, target });
      for (const [thingName, type] of like?.things ?? []) certificates.attachTo(added, thingName, type);
      return registry.certificate(certificateId) as CertificateView;
    },
    publish: (topicArn, message, attributes = {}) =>
      settled(() => {
        const topic = sns.find(topicArn);
        if (topic === undefined) throw new Error(`there is no topic ${topicArn}`);
        const typed = Object.entries(attributes).map(([name, Value]) => [name, { Type: 'String', Value }] as const);
        sns.publish(topic, { message, attributes: Object.fromEntries(typed) });
      }),
    putEvent: (event) => settled(() => void events.put(event)),
    sendMessage: (queue, body) =>
      settled(() => {
        const found = sqs.find(queue);
        if (found === undefined) throw new Error(`there is no queue ${queue}`);
        found.send(body);
      }),
    invoke: async (functionName, payload) => {
      const found = functions.find(functionName);
      if (found === undefined) throw new Error(`there is no function ${functionName}`);
      const answer = await functions.invoke(found, payload, 'invoke', { kind: 'person', name: 'operator' });
      await world.clock.settle();
      if (answer.kind === 'value') return answer.value;
      throw new Error(
        answer.kind === 'error' ? `${answer.errorType}: ${answer.errorMessage}` : `${functionName} timed out`,
      );
    },
    createJob: ({ jobId, targets, document, continuous }) =>
      settled(
        () =>
          void jobs.create({
            jobId,
            targets,
            document: JSON.stringify(document),
            targetSelection: continuous === true ? 'CONTINUOUS' : 'SNAPSHOT',
          }),
      ),
    openTunnel: async (thingName, services) => {
      registry.existingThing(thingName);
      const random = world.random.fork(`tunnel ${tunnels++}`);
      const tunnelId = random.uuid();
      // The token lets whoever has it in: the device is told, nobody else.
      await tell(`$aws/things/${thingName}/tunnels/notify`, {
        clientAccessToken: random.hex(64),
        clientMode: 'destination',
        region: world.place.region,
        services,
      });
      return { tunnelId };
    },
  };
}
