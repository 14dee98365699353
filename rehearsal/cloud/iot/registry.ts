import { X509Certificate } from 'node:crypto';
import type {
  AuthorizationView,
  CertificateStatus,
  CertificateView,
  EffectivePolicy,
  PrincipalType,
  Registry,
  SeededRandom,
  ThingView,
  VirtualClock,
} from '../../ports';
import { certificateIdOf } from '../../x509/certificates';
import { AwsFault } from '../fault';
import { arnOf, type Place } from '../operation';
import { History, type Sight } from './history';

export interface Thing {
  readonly thingName: string;
  readonly thingId: string;
  version: number;
  readonly facts: History<{ readonly thingTypeName?: string; readonly attributes: Readonly<Record<string, string>> }>;
  readonly groups: History<readonly string[]>;
  billingGroupName?: string;
}

export interface ThingGroup {
  readonly thingGroupName: string;
  readonly thingGroupId: string;
  readonly parent?: string;
  readonly policies: History<readonly string[]>;
  description?: string;
  attributes: Readonly<Record<string, string>>;
  readonly createdAt: number;
  version: number;
}

export interface PolicyVersion {
  readonly versionId: string;
  readonly document: string;
  readonly createdAt: number;
}

export interface Policy {
  readonly policyName: string;
  versions: PolicyVersion[];
  nextVersion: number;
  readonly standard: History<PolicyVersion>;
}

export interface Certificate {
  readonly certificateId: string;
  readonly pem: string;
  status: CertificateStatus;
  readonly createdAt: number;
  modifiedAt: number;
  readonly policies: History<readonly string[]>;
  /** By thing name. */
  readonly things: Map<string, PrincipalType>;
}

/** Time that a change takes to reach the authorizer: documented as 6 to 8 minutes. */
const PROPAGATION_MS = { least: 6 * 60_000, most: 8 * 60_000 } as const;

export function notFound(what: string): AwsFault {
  return new AwsFault('ResourceNotFoundException', `${what} not found`, 404);
}

/** Things, groups, policies and certificates, with what the authorizer knows of them. */
export class IotRegistry implements Registry {
  public readonly thingsByName = new Map<string, Thing>();
  public readonly groups = new Map<string, ThingGroup>();
  public readonly policies = new Map<string, Policy>();
  public readonly certificates = new Map<string, Certificate>();
  /** Told of each thing that joins a group. */
  public onJoin: (thingName: string, groupName: string) => void = () => undefined;
  private readonly sights = new Map<string, Sight>();
  private readonly delays: SeededRandom;
  private changes = 0;
  public readonly counter = { next: () => ++this.changes, now: () => this.clock.now() };

  constructor(
    public readonly place: Place,
    public readonly clock: VirtualClock,
    public readonly random: SeededRandom,
  ) {
    this.delays = random.fork('propagation');
  }

  public get revision(): number {
    return this.changes;
  }

  public arn(resource: string): string {
    return arnOf(this.place, 'iot', resource);
  }

  public existingThing(name: string): Thing {
    const thing = this.thingsByName.get(name);
    if (thing === undefined) throw notFound(`Thing ${name}`);
    return thing;
  }

  public existingGroup(name: string): ThingGroup {
    const group = this.groups.get(name);
    if (group === undefined) throw notFound(`Thing group ${name}`);
    return group;
  }

  public existingPolicy(name: string): Policy {
    const policy = this.policies.get(name);
    if (policy === undefined) throw notFound(`Policy ${name}`);
    return policy;
  }

  /** By id or by ARN. */
  public existingCertificate(idOrArn: string): Certificate {
    const id = idOrArn.split(':cert/')[1] ?? idOrArn;
    const certificate = this.certificates.get(id);
    if (certificate === undefined) throw notFound(`Certificate ${id}`);
    return certificate;
  }

  /** Puts a certificate into the registry; the same one twice is refused. */
  public addCertificate(pem: string, status: CertificateStatus): Certificate {
    const certificateId = certificateIdOf(pem);
    if (this.certificates.has(certificateId))
      throw new AwsFault('ResourceAlreadyExistsException', `The certificate is already registered.`, 409, {
        resourceId: certificateId,
        resourceArn: this.arn(`cert/${certificateId}`),
      });
    const now = this.clock.now();
    const policies = new History<readonly string[]>([], this.counter);
    const certificate = { certificateId, pem, status, createdAt: now, modifiedAt: now, policies, things: new Map() };
    this.certificates.set(certificateId, certificate);
    return certificate;
  }

  public certificate(certificateId: string): CertificateView | undefined {
    const found = this.certificates.get(certificateId);
    if (found === undefined) return undefined;
    const { validFrom, validTo } = new X509Certificate(found.pem);
    const now = this.clock.now();
    return {
      certificateId,
      arn: this.arn(`cert/${certificateId}`),
      pem: found.pem,
      status: found.status,
      mayConnect: found.status === 'ACTIVE' && now >= Date.parse(validFrom) && now <= Date.parse(validTo),
      createdAt: found.createdAt,
      things: [...found.things].map(([thingName, principalType]) => ({ thingName, principalType })),
    };
  }

  public thing(thingName: string): ThingView | undefined {
    const found = this.thingsByName.get(thingName);
    if (found === undefined) return undefined;
    return {
      thingName,
      arn: this.arn(`thing/${thingName}`),
      ...found.facts.latest,
      groups: found.groups.latest,
      principals: this.principalsOf(thingName),
    };
  }

  public things(): readonly ThingView[] {
    return [...this.thingsByName.keys()].flatMap((name) => this.thing(name) ?? []);
  }

  public principalsOf(thingName: string): { readonly principal: string; readonly principalType: PrincipalType }[] {
    return [...this.certificates.values()].flatMap(({ certificateId, things }) => {
      const principalType = things.get(thingName);
      return principalType === undefined ? [] : [{ principal: this.arn(`cert/${certificateId}`), principalType }];
    });
  }

  /** A group and those above it, from the nearest. */
  public withAncestors(groupName: string): ThingGroup[] {
    const found: ThingGroup[] = [];
    for (
      let group = this.groups.get(groupName);
      group !== undefined;
      group = group.parent === undefined ? undefined : this.groups.get(group.parent)
    )
      found.push(group);
    return found;
  }

  public authorization(certificateId: string, clientId: string): AuthorizationView {
    const sight = this.sightOf(certificateId);
    const histories: History<unknown>[] = [];
    const believe = <T>(history: History<T>): T | undefined => {
      histories.push(history);
      return history.seenBy(sight);
    };
    const certificate = this.certificates.get(certificateId);
    const thing = this.thingOf(certificate, clientId, believe);
    const policies: EffectivePolicy[] = [];
    const add = (policyName: string, thingGroupName?: string) => {
      const policy = this.policies.get(policyName);
      const version = policy && believe(policy.standard);
      if (version === undefined) return;
      const { versionId, document } = version;
      policies.push({ policyName, versionId, document, ...(thingGroupName !== undefined && { thingGroupName }) });
    };
    for (const name of (certificate && believe(certificate.policies)) ?? []) add(name);
    const groups = new Map(
      (thing?.groups ?? []).flatMap((name) => this.withAncestors(name)).map((group) => [group.thingGroupName, group]),
    );
    for (const group of groups.values())
      for (const name of believe(group.policies) ?? []) add(name, group.thingGroupName);
    const { partition, region, account } = this.place;
    return {
      certificateId,
      clientId,
      partition,
      region,
      account,
      policies,
      parentGroups: Object.fromEntries(
        [...groups.values()].flatMap(({ thingGroupName, parent }) =>
          parent === undefined ? [] : [[thingGroupName, parent]],
        ),
      ),
      ...(thing !== undefined && { thing }),
      revision: this.revision,
      validUntil: Math.min(...histories.map((history) => history.nextFor(sight)), Infinity),
    };
  }

  private thingOf(
    certificate: Certificate | undefined,
    clientId: string,
    believe: <T>(history: History<T>) => T | undefined,
  ): AuthorizationView['thing'] {
    for (const [thingName, principalType] of certificate?.things ?? []) {
      const thing = this.thingsByName.get(thingName);
      if (thing === undefined || (principalType !== 'EXCLUSIVE_THING' && thingName !== clientId)) continue;
      const facts = believe(thing.facts) ?? { attributes: {} };
      return { thingName, ...facts, groups: believe(thing.groups) ?? [], principalType };
    }
    return undefined;
  }

  private sightOf(certificateId: string): Sight {
    const known = this.sights.get(certificateId);
    if (known !== undefined) return known;
    const { least, most } = PROPAGATION_MS;
    // Whole seconds, so that timelines read well.
    const delayMs =
      Math.round((least + this.delays.fork(String(this.sights.size)).next() * (most - least)) / 1000) * 1000;
    const sight = { revision: this.revision, delayMs };
    this.sights.set(certificateId, sight);
    return sight;
  }
}
