import { AwsFault, type Input, type Route } from './fake-aws';

export interface FakeThing {
  groups: string[];
  certificates: string[];
}

const MOST_GROUPS = 10;
const GONE = (what: string) => new AwsFault('ResourceNotFoundException', `${what} not found`, 404);

/** A fleet as isolation sees it: things in at most ten groups, certificates with a status, live sessions, audit findings. */
export class FakeFleet {
  public readonly things = new Map<string, FakeThing>();
  public readonly groups = new Set<string>();
  public readonly certificates = new Map<string, string>();
  /** By client id, since when it is connected. */
  public readonly sessions = new Map<string, number>();
  public readonly findings: object[] = [];
  /** By the id of the finding that they are related to. */
  public readonly related = new Map<string, object[]>();
  /** What was said of violations of Device Defender, by their id; those that are not here are not known to it. */
  public readonly violations = new Map<string, { state?: string; why?: string }>();
  /** Undefined while fleet indexing is off. */
  public indexed: number | undefined;
  public pageSize = 2;
  /** A device that comes back at once after its session was cut. */
  public reconnects = new Map<string, number>();

  public get routes(): Route[] {
    return [...this.groupRoutes(), ...this.certificateRoutes(), ...this.sessionRoutes(), ...this.searchRoutes()];
  }

  private groupRoutes(): Route[] {
    return [
      this.route('ListThingGroupsForThing', 'GET /things/{thingName}/thing-groups', (input) =>
        this.page(
          'thingGroups',
          this.thing(input).groups.map((groupName) => ({ groupName })),
          input,
        ),
      ),
      this.route('RemoveThingFromThingGroup', 'PUT /thing-groups/removeThingFromThingGroup', (input) => {
        const thing = this.thing(input);
        const group = this.group(input);
        thing.groups = thing.groups.filter((name) => name !== group);
        return {};
      }),
      this.route('AddThingToThingGroup', 'PUT /thing-groups/addThingToThingGroup', (input) => {
        const thing = this.thing(input);
        const group = this.group(input);
        if (thing.groups.includes(group)) return {};
        if (thing.groups.length >= MOST_GROUPS) throw new AwsFault('InvalidRequestException', 'too many groups');
        thing.groups.push(group);
        return {};
      }),
    ];
  }

  private certificateRoutes(): Route[] {
    return [
      this.route('ListThingPrincipals', 'GET /things/{thingName}/principals', (input) => {
        const arns = this.thing(input).certificates.map((id) => `arn:aws:iot:eu-west-1:123456789012:cert/${id}`);
        return this.page('principals', ['eu-west-1:a-cognito-identity', ...arns], input);
      }),
      this.route('ListPrincipalThings', 'GET /principals/things', (input) => {
        const id = String(input.principal).split(':cert/')[1] ?? '';
        const found = [...this.things].filter(([, thing]) => thing.certificates.includes(id)).map(([name]) => name);
        return this.page('things', found, input);
      }),
      this.route('DescribeCertificate', 'GET /certificates/{certificateId}', ({ certificateId }) => ({
        certificateDescription: { status: this.certificate(certificateId) },
      })),
      this.route('UpdateCertificate', 'PUT /certificates/{certificateId}', ({ certificateId, newStatus }) => {
        if (this.certificate(certificateId) === 'PENDING_TRANSFER')
          throw new AwsFault('CertificateStateException', 'being transferred', 406);
        this.certificates.set(String(certificateId), String(newStatus));
        return {};
      }),
    ];
  }

  private sessionRoutes(): Route[] {
    return [
      this.route(
        'DeleteConnection',
        'DELETE /connections/{clientId}',
        ({ clientId, cleanSession, preventWillMessage }) => {
          if (cleanSession !== 'true' || preventWillMessage !== 'true') throw new AwsFault('InvalidRequestException');
          const id = String(clientId);
          if (!this.sessions.delete(id)) throw GONE('connection');
          const back = this.reconnects.get(id);
          if (back !== undefined) this.sessions.set(id, back);
          return {};
        },
      ),
      this.route('GetConnection', 'GET /connections/{clientId}', ({ clientId }) => {
        const connectedSince = this.sessions.get(String(clientId));
        if (connectedSince === undefined) throw GONE('connection');
        return { connected: true, connectedSince };
      }),
    ];
  }

  private searchRoutes(): Route[] {
    return [
      this.route('GetStatistics', 'POST /indices/statistics', () => {
        if (this.indexed === undefined) throw GONE('index');
        return { statistics: { count: this.indexed } };
      }),
      this.route('PutVerificationStateOnViolation', 'POST /violations/verification-state/{violationId}', (input) => {
        const violation = this.violations.get(String(input.violationId));
        if (violation === undefined) throw new AwsFault('InvalidRequestException', 'no such violation');
        violation.state = String(input.verificationState);
        violation.why = String(input.verificationStateDescription);
        return {};
      }),
      this.route('ListAuditFindings', 'POST /audit/findings', (input) => this.page('findings', this.findings, input)),
      this.route('ListRelatedResourcesForAuditFinding', 'GET /audit/relatedResources', (input) =>
        this.page('relatedResources', this.related.get(String(input.findingId)) ?? [], input),
      ),
    ];
  }

  private route(operation: string, match: string, act: Route['act']): Route {
    return { operation, match, act };
  }

  private page(name: string, items: readonly unknown[], input: Input): object {
    const start = Number(input.nextToken ?? 0);
    const end = start + this.pageSize;
    return { [name]: items.slice(start, end), ...(end < items.length && { nextToken: String(end) }) };
  }

  private thing(input: Input): FakeThing {
    const thing = this.things.get(String(input.thingName));
    if (thing === undefined) throw GONE('thing');
    return thing;
  }

  private group(input: Input): string {
    const group = String(input.thingGroupName);
    if (!this.groups.has(group)) throw GONE('thing group');
    return group;
  }

  private certificate(id: unknown): string {
    const status = this.certificates.get(String(id));
    if (status === undefined) throw GONE('certificate');
    return status;
  }
}
