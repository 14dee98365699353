import type {
  AuthorizationView,
  CertificateStatus,
  CertificateView,
  Cloud,
  DeployedResource,
  InboundMessage,
  OutboundMessage,
  Registry,
  Verdict,
} from '../../rehearsal/ports';
import { ServiceRefusal } from '../../rehearsal/ports';
import { RehearsalClock } from '../../rehearsal/core/clock';
import { RecordedEvents } from '../../rehearsal/core/events';
import { HashRandom } from '../../rehearsal/core/random';
import { Authority, certificateIdOf, createKeys, parseRequest, selfSigned } from '../../rehearsal/x509/certificates';
import { PLACE } from './template-policies';

/** How long a change takes to be seen, in the registry of these tests. */
export const PROPAGATION_MS = 7 * 60_000;

interface Certificate {
  status: CertificateStatus;
  pem: string;
  policies: string[];
  thing?: { thingName: string; principalType: 'EXCLUSIVE_THING' | 'NON_EXCLUSIVE_THING' };
}

type State = { groupsOf: Map<string, string[]>; policiesOn: Map<string, string[]> };

/** A registry in memory: things, groups, policies, and changes that are seen later. */
export class FakeRegistry implements Registry {
  public revision = 0;
  public readonly certificates = new Map<string, Certificate>();
  private readonly documents = new Map<string, string>();
  private state: State = { groupsOf: new Map(), policiesOn: new Map() };
  private readonly history: { from: number; state: State }[] = [];

  constructor(private readonly now: () => number) {}

  public policy(name: string, document: unknown): void {
    this.documents.set(name, JSON.stringify(document));
    this.revision++;
  }

  /** Changes groups or attachments; seen after the propagation delay, unless nothing was before. */
  public change(act: (state: State) => void, delayMs = this.history.length === 0 ? 0 : PROPAGATION_MS): void {
    this.state = { groupsOf: new Map(this.state.groupsOf), policiesOn: new Map(this.state.policiesOn) };
    act(this.state);
    this.history.push({ from: this.now() + delayMs, state: this.state });
    this.revision++;
  }

  public certificate(certificateId: string) {
    const found = this.certificates.get(certificateId);
    return (
      found && {
        certificateId,
        arn: `arn:aws:iot:${PLACE.region}:${PLACE.account}:cert/${certificateId}`,
        pem: found.pem,
        status: found.status,
        mayConnect: found.status === 'ACTIVE',
        createdAt: 0,
        things: found.thing === undefined ? [] : [found.thing],
      }
    );
  }

  public thing(thingName: string) {
    const groups = this.state.groupsOf.get(thingName);
    const arn = `arn:aws:iot:${PLACE.region}:${PLACE.account}:thing/${thingName}`;
    return groups && { thingName, arn, attributes: {}, groups, principals: [] };
  }

  public things(): [] {
    return [];
  }

  public authorization(certificateId: string, clientId: string): AuthorizationView {
    const certificate = this.certificates.get(certificateId);
    const seen = this.history.filter(({ from }) => from <= this.now()).at(-1)?.state ?? this.state;
    const validUntil = Math.min(Infinity, ...this.history.map(({ from }) => from).filter((from) => from > this.now()));
    const named = certificate?.thing;
    const thing = named?.principalType === 'EXCLUSIVE_THING' || named?.thingName === clientId ? named : undefined;
    const groups = thing === undefined ? [] : (seen.groupsOf.get(thing.thingName) ?? []);
    const read = (policyName: string, thingGroupName?: string) => {
      const document = this.documents.get(policyName) ?? '{}';
      return { policyName, versionId: '1', document, thingGroupName };
    };
    return {
      ...PLACE,
      certificateId,
      clientId,
      policies: [
        ...(certificate?.policies ?? []).map((name) => read(name)),
        ...groups.flatMap((group) => (seen.policiesOn.get(group) ?? []).map((name) => read(name, group))),
      ],
      parentGroups: {},
      thing: thing && { ...thing, attributes: {}, groups },
      revision: this.revision,
      validUntil,
    };
  }
}

/** A device's key and a certificate that the registry knows. */
export interface FakeDevice {
  readonly certificateId: string;
  readonly privateKeyPem: string;
  readonly certificatePem: string;
}

/** The cloud half of a rehearsal, as little of it as a broker needs. */
export class FakeCloud implements Cloud {
  public readonly clock = new RehearsalClock(Date.UTC(2026, 0, 1));
  public readonly events = new RecordedEvents(this.clock);
  public readonly random = new HashRandom('test');
  public readonly registry = new FakeRegistry(() => this.clock.now());
  public readonly region = PLACE.region;
  public readonly ingested: InboundMessage[] = [];
  public outbound: (message: OutboundMessage) => Promise<void> = () => Promise.resolve();
  public readonly bus = {
    ingest: (message: InboundMessage): Promise<void> => {
      this.ingested.push(message);
      return Promise.resolve();
    },
    onOutbound: (deliver: (message: OutboundMessage) => Promise<void>): void => {
      this.outbound = deliver;
    },
  };
  public readonly partition = PLACE.partition;
  public readonly account = PLACE.account;
  public readonly gaps = [];
  /** Serial numbers that may enroll. */
  public readonly serials = new Set(['S-1', 'S-2', 'S-3']);
  public verdicts: (Verdict | undefined)[] = [];
  public readonly published: { topicArn: string; message: string }[] = [];
  public readonly deployed: DeployedResource[] = [];
  private readonly authority = Authority.create('Fake IoT CA', terms());
  private readonly tokens = new Map<string, string>();
  public readonly provisioning: Cloud['provisioning'] = {
    createCertificateFromCsr: (_, { certificateSigningRequest }) => {
      const certificatePem = this.authority.issue(parseRequest(certificateSigningRequest), terms());
      const certificateId = certificateIdOf(certificatePem);
      this.registry.certificates.set(certificateId, {
        status: 'PENDING_ACTIVATION',
        pem: certificatePem,
        policies: [],
      });
      const certificateOwnershipToken = this.random.hex(32);
      this.tokens.set(certificateOwnershipToken, certificateId);
      return Promise.resolve({ certificateId, certificatePem, certificateOwnershipToken });
    },
    createKeysAndCertificate: () => refuse(),
    registerThing: (_, __, { certificateOwnershipToken, parameters }) => {
      const serial = parameters?.SerialNumber ?? '';
      const found = this.registry.certificates.get(this.tokens.get(certificateOwnershipToken) ?? '');
      if (found === undefined || !this.serials.delete(serial)) return refuse(403, 'AccessDenied');
      const thingName = `pump-${serial}`;
      found.status = 'ACTIVE';
      found.thing = { thingName, principalType: 'EXCLUSIVE_THING' };
      this.registry.change(({ groupsOf }) => groupsOf.set(thingName, ['fleet']), 0);
      return Promise.resolve({ thingName, deviceConfiguration: {} });
    },
  };
  public readonly outside: Cloud['outside'] = {
    registerCertificate: (pem, options) => {
      const certificateId = certificateIdOf(pem);
      const policies = [...(options?.policyNames ?? [])];
      this.registry.certificates.set(certificateId, { status: 'ACTIVE', pem, policies });
      this.registry.revision++;
      return Promise.resolve(this.registry.certificate(certificateId) as CertificateView);
    },
    publish: (topicArn, message) => {
      this.published.push({ topicArn, message });
      return Promise.resolve();
    },
    putEvent: () => Promise.resolve(),
    sendMessage: () => Promise.resolve(),
    invoke: () => Promise.resolve(undefined),
    request: () => Promise.resolve({ status: 404, body: '' }),
    hasTunnel: () => false,
    verdictsOn: () => this.verdicts,
    outage: () => undefined,
    redrive: () => Promise.resolve(0),
    createJob: () => Promise.resolve(),
    openTunnel: () => Promise.resolve({ tunnelId: 't' }),
  };
  public readonly jobs: Cloud['jobs'] = {
    pending: () => Promise.resolve({ inProgressJobs: [], queuedJobs: [] }),
    startNext: () => Promise.resolve({}),
    describe: () => Promise.resolve({}),
    update: () => refuse(),
  };
  public readonly shadows: Cloud['shadows'] = {
    get: () => refuse(404, 'ResourceNotFound'),
    update: (_, __, request) => Promise.resolve({ state: (request as { state: unknown }).state, version: 1 }),
    delete: () => refuse(404, 'ResourceNotFound'),
  };
  public readonly defender: Cloud['defender'] = {
    report: (thingName) => Promise.resolve({ thingName, status: 'ACCEPTED' }),
  };

  public resources(type?: string): readonly DeployedResource[] {
    return this.deployed.filter((resource) => type === undefined || resource.type === type);
  }

  public outputs(): Readonly<Record<string, string>> {
    return {};
  }

  public attachBroker(): void {
    // The fake services ask no broker.
  }

  public close(): Promise<void> {
    return Promise.resolve();
  }

  /** As if a stack had made it. */
  public deploy(type: string, physicalId: string, properties: Readonly<Record<string, unknown>>): void {
    this.deployed.push({ stack: 'Test', logicalId: physicalId, type, physicalId, properties, attributes: {} });
  }

  /** Makes a key, registers its certificate and, if it is named, attaches it to a thing of these groups. */
  public device(thingName?: string, groups: readonly string[] = [], policies: string[] = []): FakeDevice {
    const keys = createKeys();
    const certificatePem = selfSigned(keys, thingName ?? 'claim', terms());
    const certificateId = certificateIdOf(certificatePem);
    const thing = thingName === undefined ? undefined : { thingName, principalType: 'EXCLUSIVE_THING' as const };
    this.registry.certificates.set(certificateId, { status: 'ACTIVE', pem: certificatePem, policies, thing });
    if (thingName !== undefined) this.registry.change(({ groupsOf }) => groupsOf.set(thingName, [...groups]), 0);
    const privateKeyPem = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    return { certificateId, privateKeyPem, certificatePem };
  }
}

function terms() {
  return { serial: Buffer.from([1]), notBefore: Date.now() - 1_000, notAfter: Date.now() + 86_400_000 };
}

function refuse(status = 400, code = 'InvalidRequest'): Promise<never> {
  return Promise.reject(new ServiceRefusal(status, code, 'not here'));
}
