import type { CertificateStatus, CertificateView, Outside } from '../ports';
import { send } from './http/send';
import { signed } from './http/signature';
import type { Cloudlike } from './parts';

/** What people and systems outside the stacks do: by their own right, and by the same doors. */
export function outsideOf(cloud: Cloudlike): Outside {
  const { registry, policies, certificates, sns, sqs, events, functions, jobs, tunnels, detect, world } = cloud;
  const settled = async (act: () => void): Promise<void> => {
    act();
    await world.clock.settle();
  };
  const people = peopleOf(cloud);
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
    request: async (apiId, request, as) => {
      const answer = await people(apiId, request, as);
      await world.clock.settle();
      return answer;
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
      const { tunnelId } = tunnels.open({ destinationConfig: { thingName, services } });
      await world.clock.settle();
      return { tunnelId };
    },
    hasTunnel: (thingName) => tunnels.isOpen(thingName),
    verdictsOn: (thingName) => detect.verdictsOn(thingName),
    outage: (service, fails) => {
      const { names, outages } = world.gateway;
      if (!names.includes(service)) throw new Error(`there is no service ${service}: there are ${names.join(', ')}`);
      if (fails) outages.add(service);
      else outages.delete(service);
    },
    redrive: async () => {
      const moved = sqs.redrive();
      await world.clock.settle();
      return moved;
    },
  };
}

/** People with keys, who sign what they send. One may invoke every API, the other nothing. */
function peopleOf({ world, http }: Cloudlike): Outside['request'] {
  const { partition, account, region } = world.place;
  const known = (name: string, actions: readonly string[]) => {
    const arn = `arn:${partition}:iam::${account}:user/${name}`;
    const keyId = `AKIA${world.random.fork(`key of ${name}`).hex(16).toUpperCase()}`;
    const secret = world.random.fork(`secret of ${name}`).hex(40);
    const document = { Statement: actions.map((Action) => ({ Effect: 'Allow', Action, Resource: '*' })) };
    const own = { name: `${name}'s own policy`, document };
    world.authorizer.roles.set(arn, {
      arn,
      name,
      trust: { name: 'nobody', document: { Statement: [] } },
      policies: [own],
    });
    http.know(keyId, { party: { kind: 'person', name }, arn, secret });
    return { keyId, secret };
  };
  const people = { operator: known('operator', ['execute-api:Invoke']), bystander: known('bystander', []) };
  return async (apiId, { method, path, body }, as) => {
    const api = http.find(apiId);
    if (api === undefined) throw new Error(`there is no HTTP API ${apiId}`);
    const url = new URL(http.endpoint(api) + path);
    const content = Buffer.from(body === undefined ? '' : JSON.stringify(body));
    const parts = { method, path: url.pathname, query: url.searchParams, body: content };
    const headers = { host: url.host, 'content-type': 'application/json' };
    const who = { ...people[as], region, service: 'execute-api', at: world.clock.now() };
    return send(url, { method, headers: signed({ ...parts, headers }, who), body: content });
  };
}
