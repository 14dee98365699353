import { type ConnectionContext, ConnectionProtocol, PolicyRequest, ThingAttachment } from '../../lib/policy/evaluator';
import type { ReferenceDevice, ReferenceRequest } from './policy-reference';

/** A device and what it asks for. */
export type Question = readonly [ConnectionContext, PolicyRequest];

/** What the reference is asked instead: it reads nothing of a request of the library. */
const forReference = new WeakMap<PolicyRequest, ReferenceRequest>();

function asking(request: PolicyRequest, reference: ReferenceRequest): PolicyRequest {
  forReference.set(request, reference);
  return request;
}

type Named = (name: string) => PolicyRequest;
export const connect = asking(PolicyRequest.connect(), { kind: 'connect' });
export const publish: Named = (name) => asking(PolicyRequest.publish(name), { kind: 'publish', name });
export const retain: Named = (name) => asking(PolicyRequest.retain(name), { kind: 'retain', name });
export const subscribe: Named = (name) => asking(PolicyRequest.subscribe(name), { kind: 'subscribe', name });
export const receive: Named = (name) => asking(PolicyRequest.receive(name), { kind: 'receive', name });

export function assumeRoleWithCertificate(roleAlias: string, thingName?: string): PolicyRequest {
  const request = PolicyRequest.assumeRoleWithCertificate(roleAlias, thingName);
  return asking(request, { kind: 'assume', name: roleAlias, thingName });
}

export function of(action: string, resource: string): PolicyRequest {
  return asking(PolicyRequest.of(action, resource), { kind: 'api', action, resource });
}

export function referenceRequestOf(request: PolicyRequest): ReferenceRequest {
  const found = forReference.get(request);
  if (found === undefined) throw new Error('the reference does not know this request');
  return found;
}

const ATTACHMENTS = {
  [ThingAttachment.NOT_ATTACHED]: 'none',
  [ThingAttachment.NON_EXCLUSIVE_THING]: 'plain',
  [ThingAttachment.EXCLUSIVE_THING]: 'exclusive',
} as const;

export function referenceDeviceOf({ props, protocol, attachment }: ConnectionContext): ReferenceDevice {
  return {
    protocol: protocol === ConnectionProtocol.HTTPS ? 'https' : 'mqtt',
    clientId: props.clientId ?? props.thingName ?? '',
    thingName: props.thingName,
    attachment: ATTACHMENTS[attachment],
    thingTypeName: props.thingTypeName,
    attributes: props.attributes ?? {},
    groups: props.thingGroupNames,
    certificateId: props.certificate?.certificateId,
    subject: props.certificate?.subject ?? {},
    issuer: props.certificate?.issuer ?? {},
    sourceIp: props.sourceIp,
    sourceVpce: props.sourceVpce,
    domainName: props.domainName,
    persistent: props.persistent === true,
    will: props.lastWill && { topic: props.lastWill.topic, retained: props.lastWill.retained === true },
    otherKeys: props.conditionKeys ?? {},
  };
}
