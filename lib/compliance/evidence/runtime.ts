import type { Model } from '../model/model';
import { isList, isMap, textOf } from '../model/value';
import type { Tenet } from '../rule';
import { AUDIT_TYPES, type CheckState, CHECKS, stateOf } from '../rules/account';
import { CATALOG } from '../rules/catalog';

/** A check of the running account, or a behavior of devices, that shows what no template can. */
export interface RuntimeEvidence {
  readonly kind: 'audit-check' | 'behavior';
  /** Name of the check; metric of the behavior. */
  readonly name: string;
  readonly shows: string;
  readonly tenets: readonly Tenet[];
  /** `absent`: these templates do not configure it. */
  readonly state: CheckState | 'absent';
  /** Where the templates configure it. */
  readonly where: readonly string[];
  /** Rules that it completes. */
  readonly completes: readonly string[];
}

type CheckName = (typeof CHECKS)[number]['name'];

const AUDIT: { readonly [name in CheckName]: { readonly tenets: readonly Tenet[]; readonly shows: string } } = {
  AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK: {
    tenets: [3, 6],
    shows: 'roles of signed-in users that allow too much',
  },
  UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK: {
    tenets: [3, 6],
    shows: 'roles of guests that allow too much',
  },
  CA_CERTIFICATE_EXPIRING_CHECK: { tenets: [2, 5], shows: 'certificate authorities that end soon' },
  CA_CERTIFICATE_KEY_QUALITY_CHECK: { tenets: [2, 5], shows: 'certificate authorities with weak keys' },
  CONFLICTING_CLIENT_IDS_CHECK: { tenets: [3, 5, 6], shows: 'devices that connect under the same client id' },
  DEVICE_CERTIFICATE_AGE_CHECK: { tenets: [5], shows: 'certificates that nobody rotated' },
  DEVICE_CERTIFICATE_EXPIRING_CHECK: { tenets: [2, 5], shows: 'certificates that end soon' },
  DEVICE_CERTIFICATE_KEY_QUALITY_CHECK: { tenets: [2, 5], shows: 'certificates with weak keys' },
  DEVICE_CERTIFICATE_SHARED_CHECK: { tenets: [3, 5, 6], shows: 'certificates that several devices use at once' },
  INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK: {
    tenets: [5, 6],
    shows: 'active certificates of an authority that was revoked',
  },
  IOT_POLICY_OVERLY_PERMISSIVE_CHECK: {
    tenets: [3, 5, 6],
    shows: 'policies in the account that allow too much, whoever made them',
  },
  IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK: {
    tenets: [3, 5],
    shows: 'denies in the account that clients get around',
  },
  IOT_ROLE_ALIAS_ALLOWS_ACCESS_TO_UNUSED_SERVICES_CHECK: {
    tenets: [3, 5],
    shows: 'credentials for services that devices have not used',
  },
  IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK: { tenets: [3, 5, 6], shows: 'credentials that allow too much' },
  LOGGING_DISABLED_CHECK: { tenets: [7], shows: 'logging that was turned off' },
  REVOKED_CA_CERTIFICATE_STILL_ACTIVE_CHECK: { tenets: [5, 6], shows: 'revoked authorities that still count' },
  REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE_CHECK: { tenets: [5, 6], shows: 'revoked certificates that still count' },
};

/** What the behaviors of security profiles watch, by metric. */
const METRICS: { readonly [metric: string]: { readonly tenets: readonly Tenet[]; readonly shows: string } } = {
  'aws:num-authorization-failures': { tenets: [3, 4, 6], shows: 'devices that try what they may not' },
  'aws:num-connection-attempts': { tenets: [4, 5], shows: 'devices that connect too often' },
  'aws:num-disconnects': { tenets: [4, 5], shows: 'devices that lose their connection too often' },
  'aws:disconnect-duration': { tenets: [5], shows: 'devices that are away too long' },
  'aws:source-ip-address': { tenets: [2, 4], shows: 'devices that connect from elsewhere' },
  'aws:message-byte-size': { tenets: [5, 7], shows: 'messages of unusual size' },
  'aws:num-messages-sent': { tenets: [5, 7], shows: 'devices that send unusually much' },
  'aws:num-messages-received': { tenets: [5, 7], shows: 'devices that receive unusually much' },
  'aws:all-bytes-in': { tenets: [2, 5], shows: 'unusual traffic into a device' },
  'aws:all-bytes-out': { tenets: [2, 5], shows: 'unusual traffic out of a device' },
  'aws:all-packets-in': { tenets: [2, 5], shows: 'unusual traffic into a device' },
  'aws:all-packets-out': { tenets: [2, 5], shows: 'unusual traffic out of a device' },
  'aws:num-established-tcp-connections': { tenets: [2, 5], shows: 'unusual connections of a device' },
  'aws:destination-ip-addresses': { tenets: [2, 5], shows: 'devices that talk to others than they should' },
  'aws:listening-tcp-ports': { tenets: [2, 5], shows: 'devices that listen where they should not' },
  'aws:listening-udp-ports': { tenets: [2, 5], shows: 'devices that listen where they should not' },
  'aws:num-listening-tcp-ports': { tenets: [2, 5], shows: 'devices that listen where they should not' },
  'aws:num-listening-udp-ports': { tenets: [2, 5], shows: 'devices that listen where they should not' },
};

/** Every audit check, with whether these templates turn it on, and the behaviors that they watch. */
export function runtimeOf(model: Model): RuntimeEvidence[] {
  return [...CHECKS.map((check) => auditCheck(model, check)), ...behaviors(model)];
}

function auditCheck(model: Model, check: (typeof CHECKS)[number]): RuntimeEvidence {
  const states = model
    .ofType(...AUDIT_TYPES)
    .flatMap((resource) =>
      resource.variants.map(({ value }) => ({ where: resource.path, state: stateOf(resource, value, check) })),
    );
  const order: readonly CheckState[] = ['off', 'unknown', 'on'];
  const [worst] = order.filter((state) => states.some((each) => each.state === state));
  return {
    kind: 'audit-check',
    name: check.name,
    ...AUDIT[check.name],
    state: worst ?? 'absent',
    where: unique(states.map(({ where }) => where)),
    completes: CATALOG.filter(({ runtime }) => runtime?.includes(check.name) === true).map(({ id }) => id),
  };
}

function behaviors(model: Model): RuntimeEvidence[] {
  const watched = new Map<string, string[]>();
  for (const profile of model.ofType('AWS::IoT::SecurityProfile')) {
    for (const { value } of profile.variants) {
      for (const behavior of (isList(value.Behaviors) ? value.Behaviors : []).filter(isMap)) {
        const metric = textOf(behavior.Metric) ?? 'unknown';
        watched.set(metric, [...(watched.get(metric) ?? []), `${profile.path} ${textOf(behavior.Name) ?? ''}`.trim()]);
      }
    }
  }
  return [...watched]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([metric, where]) => ({
      kind: 'behavior',
      name: metric,
      ...factsOf(metric),
      state: 'on',
      where: unique(where),
      completes: ['ZTI-DET1', 'ZTI-DET2'],
    }));
}

function factsOf(metric: string): { readonly tenets: readonly Tenet[]; readonly shows: string } {
  const own = { tenets: [5, 7] as const, shows: 'a measure of your own that leaves its bounds' };
  return Object.hasOwn(METRICS, metric) ? (METRICS[metric] ?? own) : own;
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}
