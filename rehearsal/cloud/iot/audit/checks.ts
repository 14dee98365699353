import { X509Certificate } from 'node:crypto';
import { auditCheckFacts } from '../../../../lib/internal/audit-checks';
import type { Value } from '../../../../lib/compliance/model/value';
import { misleadingDenies } from '../../../../lib/compliance/policies/misleading';
import { isForClaims, isProvisioningTopic } from '../../../../lib/compliance/policies/provisioning';
import { analyze, type PolicyAnalysis } from '../../../../lib/compliance/policies/reach';
import type { Need } from '../../../iam/authorizer';
import type { ConnectionEvent } from '../../../ports';
import type { Account } from '../account';
import type { Certificate, IotRegistry } from '../registry';
import { conflictsFrom, sharedFrom } from './usage';

type Texts = Readonly<Record<string, unknown>>;

export interface Resource {
  readonly resourceType: string;
  readonly resourceIdentifier: Texts;
  readonly additionalInfo?: Readonly<Record<string, string>>;
}

/** A resource that does not comply. */
export interface Breach {
  readonly resource: Resource;
  /** Reason code of the service, and in words. */
  readonly code: string;
  readonly reason: string;
  readonly related?: readonly Resource[];
}

/** How many resources were looked at, and which of them do not comply; or why a rehearsal cannot say. */
export type Result = { readonly total: number; readonly breaches: readonly Breach[] } | { readonly unknown: string };

/** What an audit looks at. */
export interface Sight {
  readonly registry: IotRegistry;
  readonly account: Account;
  readonly connections: readonly ConnectionEvent[];
  /** The first of them that counts. */
  readonly from: number;
  /** Virtual milliseconds. */
  readonly now: number;
  /** Types of resources that the assembly has and that were not created. */
  readonly skipped: ReadonlySet<string>;
}

export interface Check {
  /** What the audit's role has to be allowed. */
  readonly needs: (sight: Sight) => readonly Need[];
  readonly look: (sight: Sight, days: number) => Result;
}

const DAY_MS = 86_400_000;
/** Object identifier of the extension that says where an authority publishes what it has revoked. */
const REVOCATION_LIST = Buffer.from('0603551d1f', 'hex');

const onAll = (...actions: string[]): Need[] => actions.map((action) => ({ action, resource: '*' }));

/** These are what the checks of certificates are about. */
function active({ registry }: Sight): Certificate[] {
  return [...registry.certificates.values()].filter(
    ({ status }) => status === 'ACTIVE' || status === 'PENDING_TRANSFER',
  );
}

const ofCertificates = ({ registry }: Sight): Need[] => [
  ...onAll('iot:ListCertificates'),
  ...[...registry.certificates.keys()].map((id) => ({
    action: 'iot:DescribeCertificate',
    resource: registry.arn(`cert/${id}`),
  })),
];

const ofPolicies = ({ registry }: Sight): Need[] => [
  ...onAll('iot:ListPolicies'),
  ...[...registry.policies.keys()].map((name) => ({
    action: 'iot:GetPolicy',
    resource: registry.arn(`policy/${name}`),
  })),
];

function certificateOf({ certificateId }: { readonly certificateId: string }): Resource {
  return { resourceType: 'DEVICE_CERTIFICATE', resourceIdentifier: { deviceCertificateId: certificateId } };
}

/** A check of each active certificate for itself; `unknown` where that cannot be said of one. */
function ofEach(
  judge: (certificate: Certificate, sight: Sight, days: number) => Omit<Breach, 'resource'> | 'unknown' | undefined,
  unknown = '',
): Check {
  return {
    needs: ofCertificates,
    look: (sight, days) => {
      const all = active(sight).map((certificate) => ({ certificate, found: judge(certificate, sight, days) }));
      if (all.some(({ found }) => found === 'unknown')) return { unknown };
      const breaches = all.flatMap(({ certificate, found }) =>
        found === undefined || found === 'unknown' ? [] : [{ resource: certificateOf(certificate), ...found }],
      );
      return { total: all.length, breaches };
    },
  };
}

/** Nothing of a kind that is not modelled is there; or there is, and it cannot be judged. */
function ofNone(type: string, ...actions: string[]): Check {
  return {
    needs: () => onAll(...actions),
    look: ({ skipped }) =>
      skipped.has(type)
        ? { unknown: `the assembly has an ${type}, which is not modelled` }
        : { total: 0, breaches: [] },
  };
}

/** A check of each policy for itself; what cannot be judged of one counts where nothing else is found. */
function ofEachPolicy(
  judge: (analysis: PolicyAnalysis) => { readonly code: string; readonly reason: string } | undefined,
): Check {
  return {
    needs: ofPolicies,
    look: ({ registry }) => {
      const all = [...registry.policies.values()].map(({ policyName, standard }) => {
        const { versionId, document } = standard.latest;
        const analysis = analyze(JSON.parse(document) as Value, true);
        const policyVersionIdentifier = { policyName, policyVersionId: versionId };
        const resource = { resourceType: 'IOT_POLICY', resourceIdentifier: { policyVersionIdentifier } };
        return { policyName, resource, unknown: analysis.unknown, found: judge(analysis) };
      });
      const breaches = all.flatMap(({ resource, found }) => (found === undefined ? [] : [{ resource, ...found }]));
      const doubt = all.find(({ unknown }) => unknown.length > 0);
      if (breaches.length === 0 && doubt !== undefined)
        return { unknown: `of ${doubt.policyName}, ${doubt.unknown.join('; ')}` };
      return { total: all.length, breaches };
    },
  };
}

/** Who revokes certificates publishes it where the certificate says; that is not asked here. */
const revoked = ofEach(
  ({ pem }) => (new X509Certificate(pem).raw.includes(REVOCATION_LIST) ? 'unknown' : undefined),
  'a certificate names a list of revoked ones, and nobody is asked for it',
);

const CHECKS: Readonly<Record<string, Check>> = {
  AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK: ofNone('AWS::Cognito::IdentityPool'),
  UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK: ofNone('AWS::Cognito::IdentityPool'),
  CA_CERTIFICATE_EXPIRING_CHECK: ofNone('AWS::IoT::CACertificate', 'iot:ListCACertificates'),
  CA_CERTIFICATE_KEY_QUALITY_CHECK: ofNone('AWS::IoT::CACertificate', 'iot:ListCACertificates'),
  REVOKED_CA_CERTIFICATE_STILL_ACTIVE_CHECK: ofNone('AWS::IoT::CACertificate', 'iot:ListCACertificates'),
  IOT_ROLE_ALIAS_ALLOWS_ACCESS_TO_UNUSED_SERVICES_CHECK: ofNone('AWS::IoT::RoleAlias', 'iot:ListRoleAliases'),
  IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK: ofNone('AWS::IoT::RoleAlias', 'iot:ListRoleAliases'),
  REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE_CHECK: revoked,
  INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK: revoked,

  DEVICE_CERTIFICATE_AGE_CHECK: ofEach(({ createdAt }, { now }, days) =>
    now - createdAt >= days * DAY_MS
      ? { code: 'CERTIFICATE_PAST_AGE_THRESHOLD', reason: `it is ${Math.floor((now - createdAt) / DAY_MS)} days old` }
      : undefined,
  ),

  DEVICE_CERTIFICATE_EXPIRING_CHECK: ofEach(({ pem }, { now }, days) => {
    const left = Date.parse(new X509Certificate(pem).validTo) - now;
    if (left < 0) return { code: 'CERTIFICATE_PAST_EXPIRATION', reason: 'it has expired' };
    if (left > days * DAY_MS) return undefined;
    return { code: 'CERTIFICATE_APPROACHING_EXPIRATION', reason: `it expires in ${Math.floor(left / DAY_MS)} days` };
  }),

  // Both weaknesses that the service knows are of keys for RSA.
  DEVICE_CERTIFICATE_KEY_QUALITY_CHECK: ofEach(
    ({ pem }) => (new X509Certificate(pem).publicKey.asymmetricKeyType === 'rsa' ? 'unknown' : undefined),
    'a certificate has an RSA key, and the lists of weak ones are not at hand',
  ),

  DEVICE_CERTIFICATE_SHARED_CHECK: {
    needs: ofCertificates,
    look: (sight) => {
      const shared = sharedFrom(sight.connections, sight.from);
      const all = active(sight);
      const breaches = all.flatMap((certificate): Breach[] => {
        const clients = shared.get(certificate.certificateId);
        if (clients === undefined) return [];
        const related = clients.map((clientId) => ({ resourceType: 'CLIENT_ID', resourceIdentifier: { clientId } }));
        const reason = `${clients.join(' and ')} were connected with it at once`;
        return [
          { resource: certificateOf(certificate), code: 'CERTIFICATE_SHARED_BY_MULTIPLE_DEVICES', reason, related },
        ];
      });
      return { total: all.length, breaches };
    },
  },

  CONFLICTING_CLIENT_IDS_CHECK: {
    needs: () => [],
    look: ({ connections, from }) => {
      const conflicts = conflictsFrom(connections, from);
      const clients = new Set(connections.slice(from).map(({ clientId }) => clientId));
      const breaches = conflicts.map(({ clientId, certificateIds, disconnectedAt }): Breach => ({
        resource: {
          resourceType: 'CLIENT_ID',
          resourceIdentifier: { clientId },
          additionalInfo: { DISCONNECT_TIMES: disconnectedAt.map((at) => new Date(at).toISOString()).join(',') },
        },
        code: 'DUPLICATE_CLIENT_ID_ACROSS_CONNECTIONS',
        reason: `its session was taken over ${disconnectedAt.length} times`,
        related: certificateIds.map((certificateId) => certificateOf({ certificateId })),
      }));
      return { total: clients.size, breaches };
    },
  },

  // What the service finds too broad is documented in general only: here it is whatever lets a device reach what is another's.
  IOT_POLICY_OVERLY_PERMISSIVE_CHECK: ofEachPolicy((analysis) => {
    const claims = isForClaims(analysis);
    const reach = analysis.reaches.find(({ act, target }) =>
      act.name === 'connect' ? !claims : !isProvisioningTopic(target),
    );
    if (reach === undefined) return undefined;
    return {
      code: 'ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS',
      reason: `${reach.act.action} on ${reach.pattern}: ${reach.example}`,
    };
  }),

  IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK: ofEachPolicy(({ text }) => {
    const [first] = misleadingDenies(text.statements);
    if (first === undefined) return undefined;
    return first.kind === 'wildcard'
      ? { code: 'POLICY_CONTAINS_MQTT_WILDCARDS_IN_DENY_STATEMENT', reason: `it denies ${first.resource}` }
      : {
          code: 'TOPIC_FILTERS_INTENDED_TO_DENY_ALLOWED_USING_WILDCARDS',
          reason: `it denies iot:Subscribe on ${first.resource}, and not iot:Receive`,
        };
  }),

  LOGGING_DISABLED_CHECK: {
    needs: () => onAll('iot:GetLoggingOptions', 'iot:GetV2LoggingOptions'),
    look: ({ account, registry }) => {
      const { disableAllLogs, defaultLogLevel } = account.settings ?? { disableAllLogs: true };
      const resource = { resourceType: 'ACCOUNT_SETTINGS', resourceIdentifier: { account: registry.place.account } };
      const isOff = disableAllLogs === true || defaultLogLevel === 'DISABLED';
      const breaches = isOff ? [{ resource, code: 'LOGGING_DISABLED', reason: 'nothing is logged' }] : [];
      return { total: 1, breaches };
    },
  },
};

export function checkOf(name: string): Check {
  const found = CHECKS[name];
  if (found === undefined) throw new Error(`no check ${name}`);
  return found;
}

/** The threshold of a check, in days, as the account has it or as it is by default. */
export function daysOf(name: string, configuration: Readonly<Record<string, unknown>>): number {
  const threshold = auditCheckFacts(name)?.threshold;
  return threshold === undefined ? 0 : Number(configuration[threshold.name] ?? threshold.defaultDays);
}
