import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuthorizationView, Cloud, DeployedResource } from './ports';

const THING = '${iot:Connection.Thing.ThingName}';

/** How devices get into a fleet, as the assembly says. */
export interface EnrollmentFacts {
  readonly templateName: string;
  /** Policy for claim certificates; none if the assembly has none. */
  readonly claimPolicy?: string;
  /** What client ids must begin with while a device claims. */
  readonly clientIdPrefix: string;
  /** The template's parameter that takes a serial number. */
  readonly serialParameter: string;
}

/** A topic that feeds a response. */
export interface AlarmTopic {
  readonly topicArn: string;
  /** Schema of the project's own signals; absent for alarms in the form of Device Defender. */
  readonly schema?: string;
}

type Criteria = { ComparisonOperator?: string; Value?: { Cidrs?: string[]; Count?: string } };
type ProfileBehavior = {
  Name: string;
  Metric: string;
  MetricDimension?: unknown;
  SuppressAlerts?: unknown;
  Criteria?: Criteria;
};
type SourceText = { topicArn?: string; severity?: string; severities?: Record<string, string> };
type BehaviorsText = {
  dryRun?: boolean;
  behaviors?: {
    metric?: string;
    operator?: string;
    texts?: string[];
    threshold?: number;
    severity?: string;
    suppressed?: boolean;
    topic?: unknown;
  }[];
};

/** What a device can do to break a behavior, from what shows best to what shows least. */
const MISCONDUCTS = ['authorization-failures', 'messages-sent', 'message-size'] as const;
/** Of a rehearsal that is to end soon. */
const MOST_MESSAGES = 5_000;

/** One more than the threshold is too much. */
export interface Misconduct {
  readonly metric: (typeof MISCONDUCTS)[number];
  readonly threshold: number;
  readonly severity: string;
  /** What is less severe is told, and nothing else is done about it. */
  readonly isSevere: boolean;
}

type Watched = Omit<Misconduct, 'isSevere'>;

const SEVERE: readonly string[] = ['HIGH', 'CRITICAL'];

/** As Device Defender calls what an engine watches. */
const PROFILE_METRICS: Readonly<Record<string, string>> = {
  'aws:num-authorization-failures': 'authorization-failures',
  'aws:num-messages-sent': 'messages-sent',
  'aws:message-byte-size': 'message-size',
};

function watchedAs(name: string, threshold: number | undefined, severity: string): Watched[] {
  const metric = MISCONDUCTS.find((each) => each === name);
  if (metric === undefined || threshold === undefined || !(threshold <= MOST_MESSAGES)) return [];
  return [{ metric, threshold, severity }];
}

/** For documentation: nobody has it. */
const NOBODYS = '192.0.2.0/24';

type Statement = { Effect?: string; Action?: string | string[]; Resource?: string | string[] };

/** What a deployed assembly says about a fleet: scenarios need not repeat it. */
export class Facts {
  /**
   * @param fleet The template that its devices enroll by; by default the first of those with the longest allow-list
   */
  constructor(
    private readonly cloud: Pick<Cloud, 'resources'>,
    private readonly assembly: string,
    private readonly fleet?: DeployedResource,
  ) {
    const templates = this.templates();
    if (fleet !== undefined || templates.length < 2) return;
    const lengths = templates.map((each) => new Facts(cloud, assembly, each).serials()?.length ?? 0);
    this.fleet = templates[lengths.indexOf(Math.max(...lengths))];
  }

  /** Of each fleet of the assembly. */
  public fleets(): readonly Facts[] {
    const templates = this.templates();
    return templates.length < 2 ? [this] : templates.map((each) => new Facts(this.cloud, this.assembly, each));
  }

  /** Of the fleet that this serial number is listed for; of this one where none lists it. */
  public ofSerial(serial: string): Facts {
    return this.fleets().find((each) => each.serials()?.includes(serial)) ?? this;
  }

  private templates(): readonly DeployedResource[] {
    return this.cloud
      .resources('AWS::IoT::ProvisioningTemplate')
      .filter(({ properties }) => properties.TemplateType === 'FLEET_PROVISIONING');
  }

  /** What stands nearer to no other fleet, by the paths of constructs. */
  private resources(type: string): readonly DeployedResource[] {
    const { fleet } = this;
    const all = this.cloud.resources(type);
    if (fleet === undefined) return all;
    const templates = this.templates();
    return all.filter(({ path }) => {
      const own = nearness(path, fleet.path);
      return templates.every((other) => nearness(path, other.path) <= own);
    });
  }

  public enrollment(): EnrollmentFacts {
    const found = this.fleet ?? this.templates()[0];
    if (found === undefined)
      throw new Error(
        'the assembly has no template for fleet provisioning: only things that it makes with a certificate can connect',
      );
    const name = found.physicalId;
    const naming = (text: string) =>
      this.resources('AWS::IoT::Policy').find(({ properties }) => textOf(properties.PolicyDocument).includes(text));
    // A claim policy names its template, or all of them.
    const claim = naming(`$aws/provisioning-templates/${name}/`) ?? naming('$aws/provisioning-templates/');
    const connect = claim && /:client\/([^"*$]+)\*/.exec(textOf(claim.properties.PolicyDocument));
    const own = Object.keys(bodyOf(found).Parameters ?? {}).filter((each) => !each.startsWith('AWS::'));
    return {
      templateName: name,
      claimPolicy: claim?.physicalId,
      clientIdPrefix: connect?.[1] ?? 'claim-',
      serialParameter: own.includes('SerialNumber') ? 'SerialNumber' : (own[0] ?? 'SerialNumber'),
    };
  }

  /** Serial numbers that the assembly's allow-lists hold, in their order; undefined if there is no such list. */
  public serials(): string[] | undefined {
    const lists = this.resources('Custom::IotAllowList');
    return lists.length === 0 ? undefined : lists.flatMap((resource) => this.listed(resource));
  }

  /** What a device with this serial number will be called; undefined where the template leaves that to something else. */
  public thingNameOf(serial: string): string | undefined {
    const { serialParameter } = this.enrollment();
    const template = this.fleet ?? this.templates()[0];
    const resources = Object.values((template && bodyOf(template).Resources) ?? {});
    const thing = resources.find(({ Type }) => Type === 'AWS::IoT::Thing');
    return textIn(thing?.Properties?.ThingName, { [serialParameter]: serial });
  }

  /** Groups whose policies deny: those of isolated devices, of every fleet. */
  public quarantineGroups(): string[] {
    return this.cloud
      .resources('Custom::IotGroupPolicies')
      .filter(({ properties }) =>
        (properties.Policies as { Denies?: string }[]).some(({ Denies }) => Denies === 'true'),
      )
      .map(({ properties }) => String(properties.ThingGroupName));
  }

  /** Where a detector publishes so that the response hears it, and in which form. */
  public alarms(): AlarmTopic | undefined {
    const wired = this.resources('AWS::SNS::Subscription')
      .filter(({ properties }) => properties.Protocol === 'sqs')
      .map(({ properties }): AlarmTopic | undefined => {
        const filter = properties.FilterPolicy as { schema?: string[] } | undefined;
        const topicArn = String(properties.TopicArn);
        if (filter === undefined) return { topicArn };
        return filter.schema?.[0] === undefined ? undefined : { topicArn, schema: filter.schema[0] };
      })
      .filter((alarm) => alarm !== undefined);
    return wired.find(({ schema }) => schema === undefined) ?? wired[0];
  }

  /** The HTTP API that has a route, such as `POST /release`. */
  public apiWith(routeKey: string): string | undefined {
    const found = this.resources('AWS::ApiGatewayV2::Route').find(({ properties }) => properties.RouteKey === routeKey);
    return found && String(found.properties.ApiId);
  }

  /** An address that devices usually have: one that a behavior calls normal, or else one that is nobody's. */
  public homeAddress(): string {
    this.home ??= addressIn([...this.profileNetworks(), ...this.engineNetworks()][0] ?? NOBODYS);
    return this.home;
  }

  private home?: string;

  /** The behavior of a security profile that an alarm is about: refused requests, where they are watched. */
  public watched(): { readonly name: string; readonly metric: string } {
    const behaviors = this.resources('AWS::IoT::SecurityProfile').flatMap(
      ({ properties }) => (properties.Behaviors ?? []) as { Name: string; Metric: string }[],
    );
    const found = behaviors.find(({ Metric }) => Metric === 'aws:num-authorization-failures') ?? behaviors[0];
    return { name: found?.Name ?? 'rehearsal', metric: found?.Metric ?? 'aws:num-messages-sent' };
  }

  private profileNetworks(): string[] {
    const behaviors = this.resources('AWS::IoT::SecurityProfile').flatMap(
      ({ properties }) => (properties.Behaviors ?? []) as { Criteria?: Criteria }[],
    );
    return behaviors
      .filter(({ Criteria }) => Criteria?.ComparisonOperator === 'in-cidr-set')
      .flatMap(({ Criteria }) => Criteria?.Value?.Cidrs ?? []);
  }

  /**
   * What a device has to do so that an engine of the assembly finds it out; undefined where nothing would. What is severe enough
   * to be isolated comes first.
   */
  public misconduct(): Misconduct | undefined {
    const watched = [...this.watchedByEngine(), ...this.watchedByProfiles()];
    for (const isSevere of [true, false])
      for (const metric of MISCONDUCTS) {
        const found = watched.find((each) => each.metric === metric && SEVERE.includes(each.severity) === isSevere);
        if (found !== undefined) return { metric, threshold: found.threshold, severity: found.severity, isSevere };
      }
    return undefined;
  }

  private watchedByEngine(): Watched[] {
    return this.resources('AWS::Lambda::Function')
      .flatMap((resource) => this.behaviorsOf(resource))
      .filter(({ dryRun }) => dryRun !== true)
      .flatMap(({ behaviors = [] }) => behaviors)
      .filter(({ operator, suppressed, topic }) => operator === 'atMost' && suppressed !== true && topic === undefined)
      .flatMap(({ metric = '', threshold, severity = '' }) => watchedAs(metric, threshold, severity));
  }

  /** By the names of Device Defender; how severe their alarms are says the function that listens to them. */
  private watchedByProfiles(): Watched[] {
    const sources = this.sources();
    return this.resources('AWS::IoT::SecurityProfile').flatMap(({ properties }) => {
      const { SNS } = (properties.AlertTargets ?? {}) as { SNS?: { AlertTargetArn?: string } };
      const source = sources.find(({ topicArn }) => topicArn === SNS?.AlertTargetArn);
      return ((properties.Behaviors ?? []) as ProfileBehavior[]).flatMap(
        ({ Name, Metric, MetricDimension, SuppressAlerts, Criteria: criteria = {} }) => {
          const { ComparisonOperator: operator, Value } = criteria;
          const isOpen = SNS !== undefined && MetricDimension === undefined && SuppressAlerts !== true;
          if (!isOpen || operator !== 'less-than-equals') return [];
          const severity = source === undefined ? 'HIGH' : (source.severities?.[Name] ?? source.severity ?? '');
          return watchedAs(PROFILE_METRICS[Metric] ?? '', Number(Value?.Count), severity);
        },
      );
    });
  }

  /** The detectors that a response listens to. */
  private sources(): SourceText[] {
    return this.resources('AWS::Lambda::Function').flatMap(({ properties }) => {
      const { Variables = {} } = (properties.Environment ?? {}) as { Variables?: Record<string, unknown> };
      const given = textOf(Variables.SOURCES);
      return given.startsWith('[') ? (JSON.parse(given) as SourceText[]) : [];
    });
  }

  /** How many devices may be isolated within a while without a person; undefined: as many as there are. */
  public blastRadius(): number | undefined {
    return this.playbook()?.blastRadius?.devices;
  }

  /** Whether the response decides, but does not act. */
  public isDryRun(): boolean {
    return this.playbook()?.dryRun === true;
  }

  /** Whether AWS IoT is told to tell of jobs. */
  public tellsOfJobs(): boolean {
    return this.cloud
      .resources('Custom::IotEventConfigurations')
      .some(({ properties }) => JSON.stringify(properties.EventTypes ?? []).includes('"JOB_EXECUTION"'));
  }

  private playbook(): { blastRadius?: { devices?: number }; dryRun?: boolean } | undefined {
    for (const { properties } of this.resources('AWS::Lambda::Function')) {
      const { Variables = {} } = (properties.Environment ?? {}) as { Variables?: Record<string, unknown> };
      if (Variables.PLAYBOOK !== undefined) return JSON.parse(textOf(Variables.PLAYBOOK)) as object;
    }
    return undefined;
  }

  private engineNetworks(): string[] {
    const documents = this.resources('AWS::Lambda::Function').flatMap((resource) => this.behaviorsOf(resource));
    return documents
      .flatMap(({ behaviors = [] }) => behaviors)
      .filter(({ metric, operator }) => metric === 'source-ip' && operator === 'within')
      .flatMap(({ texts = [] }) => texts);
  }

  /** In the function's environment, or in a file beside its code. */
  private behaviorsOf({ properties }: DeployedResource): BehaviorsText[] {
    const { Variables = {} } = (properties.Environment ?? {}) as { Variables?: Record<string, unknown> };
    const given = textOf(Variables.BEHAVIORS);
    if (!given.startsWith('file:')) return given.startsWith('{') ? [JSON.parse(given) as BehaviorsText] : [];
    const hash = /[0-9a-f]{64}/.exec(textOf(properties.Code))?.[0] ?? '';
    const file = join(this.assembly, `asset.${hash}`, given.slice('file:'.length));
    return existsSync(file) ? [JSON.parse(readFileSync(file, 'utf8')) as BehaviorsText] : [];
  }

  /** The function through which operators give orders: the one that fills the queue of releases. */
  public operators(): DeployedResource | undefined {
    return this.resources('AWS::Lambda::Function').find(({ properties }) => {
      const environment = properties.Environment as { Variables?: Record<string, unknown> } | undefined;
      const names = Object.keys(environment?.Variables ?? {});
      return names.includes('RELEASE_QUEUE_URL') && names.includes('TASK_QUEUE_URL');
    });
  }

  private listed({ properties }: DeployedResource): string[] {
    // Assets are named by their hash, in the bucket and in the folder of the assembly.
    const hash = /[0-9a-f]{64}/.exec(textOf(properties))?.[0];
    const file = hash && join(this.assembly, `asset.${hash}.txt`);
    if (file === undefined || !existsSync(file)) return [];
    return readFileSync(file, 'utf8').split(/\s+/).filter(Boolean);
  }
}

/** A topic that the policies let the connected thing publish to, other than those of AWS IoT itself. */
export function ownTopic({ policies, thing }: AuthorizationView): string | undefined {
  for (const { document } of policies) {
    const { Statement: given = [] } = JSON.parse(document) as { Statement?: Statement | Statement[] };
    for (const { Effect, Action, Resource } of [given].flat()) {
      if (Effect !== 'Allow' || ![Action].flat().some((action) => action === 'iot:Publish')) continue;
      const topics = [Resource].flat().flatMap((arn) => (arn === undefined ? [] : [arn.split(':topic/')[1] ?? '']));
      const own = topics
        .filter((topic) => topic.includes(THING) && !/^\$(?!\{)/.test(topic))
        .map((topic) => filledIn(topic, thing))
        .find((topic) => topic !== undefined);
      if (own !== undefined) return own.replaceAll('*', 'rehearsal');
    }
  }
  return undefined;
}

/** A topic with the values of a thing; undefined where one of its variables has none, as what names it is denied then. */
function filledIn(topic: string, thing: AuthorizationView['thing']): string | undefined {
  const filled = topic.replace(
    /\$\{iot:Connection\.Thing\.(\w+)(?:\[([^\]]*)\])?\}/g,
    (variable: string, name: string, attribute?: string) => {
      if (name === 'ThingName') return thing?.thingName ?? '';
      return (name === 'ThingTypeName' ? thing?.thingTypeName : thing?.attributes[attribute ?? '']) ?? variable;
    },
  );
  return filled.includes('${') ? undefined : filled;
}

/** How many steps of the paths of two constructs are the same. */
function nearness(one = '', other = ''): number {
  const [a, b] = [one.split('/'), other.split('/')];
  const differs = a.findIndex((step, at) => step !== b[at]);
  return differs < 0 ? a.length : differs;
}

interface TemplateBody {
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly Resources?: Readonly<
    Record<string, { readonly Type?: string; readonly Properties?: Readonly<Record<string, unknown>> }>
  >;
}

function bodyOf({ properties }: DeployedResource): TemplateBody {
  return typeof properties.TemplateBody === 'string' ? (JSON.parse(properties.TemplateBody) as TemplateBody) : {};
}

/** Value of a name in a provisioning template that is made of texts and these parameters only. */
function textIn(value: unknown, parameters: Readonly<Record<string, string>>): string | undefined {
  if (typeof value === 'string') return value;
  const { Ref: ref, 'Fn::Join': join } = (value ?? {}) as { Ref?: string; 'Fn::Join'?: [string, unknown[]] };
  if (ref !== undefined) return parameters[ref];
  const parts = join?.[1].map((part) => textIn(part, parameters));
  return parts === undefined || parts.includes(undefined) ? undefined : parts.join(join?.[0]);
}

/** Not the first of a network, which may be the network itself. */
function addressIn(network: string): string {
  const [base = '', bits = '32'] = network.split('/');
  if (base.includes(':')) return `${base.replace(/::$/, '')}::7`;
  const parts = base.split('.').map(Number);
  return Number(bits) > 28 ? base : [...parts.slice(0, 3), (parts[3] ?? 0) + 7].join('.');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}
