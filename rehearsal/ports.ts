/**
 * The seam between the two halves of a rehearsal.
 *
 * The cloud half (`assembly`, `cloud`, `lambda`) owns time, the registry, the services and the functions. The device half
 * (broker, devices, scenarios, report) owns sockets and sessions, and decides each MQTT request by the facts that
 * `Registry.authorization` gives. Neither imports the other: both import this file.
 *
 * Division of work on reserved topics: the broker translates `$aws/...` requests of devices into calls of
 * `ProvisioningService`, `JobsService`, `ShadowService` and `DefenderService` and publishes their answers below `/accepted`
 * and `/rejected`; a call that is refused throws `ServiceRefusal`. Everything a device publishes, reserved or not, also goes
 * to `MessageBus.ingest`, where topic rules read it.
 */

// ---------------------------------------------------------------------------------------------------------------- time

/** Cancels what was scheduled; without effect once it has begun. */
export interface Scheduled {
  cancel(): void;
}

/**
 * The one clock of a rehearsal. It stands still unless `advance` is called, and then jumps from one scheduled act to the
 * next: acts run one after another, by time and then by the order in which they were scheduled, each awaited with all work
 * that `busy` was told of. So five-minute windows take no time, and the same seed gives the same order.
 */
export interface VirtualClock {
  /** Milliseconds since the epoch, in virtual time. */
  now(): number;

  /**
   * Runs `act` once, `delayMs` from now (0: as soon as the clock is asked to settle). `what` names it where a run hangs.
   * What `act` throws fails the `advance` or `settle` that ran it.
   */
  schedule(delayMs: number, what: string, act: () => void | Promise<void>): Scheduled;

  /** Lets this much time pass, and everything that is due in it happen. Not to be called from within a scheduled act. */
  advance(ms: number): Promise<void>;

  /** Waits for everything that is due now, and for what that causes now, without letting time pass. */
  settle(): Promise<void>;

  /** Says what the act that runs works at: it is named with the act where work leads to work without end. */
  works(what: string): void;

  /** Work in flight (a message on a socket, a function that runs) that time must not overtake. Gives `work` back. */
  busy<T>(work: Promise<T>): Promise<T>;
}

/** Work that leads to work without end, while virtual time stands still. */
export class Endless extends Error {
  constructor(what: string) {
    super(`it does not end, and no time passes in it: ${what}`);
    this.name = 'Endless';
  }
}

/** Numbers that look random and are the same for the same seed and the same name. Never used for keys. */
export interface SeededRandom {
  /** A generator of its own for a purpose, which others that are added later do not disturb. */
  fork(purpose: string): SeededRandom;
  /** From 0 inclusive to 1 exclusive. */
  next(): number;
  /** Lower-case hexadecimal digits. */
  hex(digits: number): string;
  /** In the form of a UUID of version 4. */
  uuid(): string;
}

// ------------------------------------------------------------------------------------------------------------ registry

export type CertificateStatus =
  'ACTIVE' | 'INACTIVE' | 'REVOKED' | 'PENDING_ACTIVATION' | 'PENDING_TRANSFER' | 'REGISTER_INACTIVE';

export type PrincipalType = 'EXCLUSIVE_THING' | 'NON_EXCLUSIVE_THING';

/** A certificate as the TLS front door sees it: without delay. */
export interface CertificateView {
  /** Lower-case SHA-256 of the DER encoding, as AWS IoT numbers certificates. */
  readonly certificateId: string;
  readonly arn: string;
  readonly pem: string;
  readonly status: CertificateStatus;
  /** Whether it may open a session now: ACTIVE, and within its dates in virtual time. */
  readonly mayConnect: boolean;
  /** Virtual milliseconds. */
  readonly createdAt: number;
  readonly things: readonly { readonly thingName: string; readonly principalType: PrincipalType }[];
}

/** A thing as the registry knows it: without delay. */
export interface ThingView {
  readonly thingName: string;
  readonly arn: string;
  readonly thingTypeName?: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Static groups it is a direct member of. */
  readonly groups: readonly string[];
  readonly principals: readonly { readonly principal: string; readonly principalType: PrincipalType }[];
}

/** One policy that counts for a connection. */
export interface EffectivePolicy {
  readonly policyName: string;
  /** Which version is visible, such as `1`. */
  readonly versionId: string;
  /** JSON text, as it was stored. */
  readonly document: string;
  /** Group that it hangs on; absent for a policy on the certificate. */
  readonly thingGroupName?: string;
}

/**
 * What the service's authorizer knows of a connection at this moment, which is not what the registry says: changes of
 * policies, their attachments and of group membership that happen after a certificate was first seen become visible 6 to 8
 * minutes later (the same delay for one certificate, from the seed). It can be given to `PolicyEvaluator` and
 * `ConnectionContext` as it stands.
 */
export interface AuthorizationView {
  readonly certificateId: string;
  readonly clientId: string;
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  /** Policies of the certificate, and of all groups of the thing with their ancestors. */
  readonly policies: readonly EffectivePolicy[];
  /** Parent of each group that has one. */
  readonly parentGroups: Readonly<Record<string, string>>;
  /**
   * The thing of the connection: the exclusively attached one, or else the attached one whose name is the client id.
   * Absent: thing variables have no value.
   */
  readonly thing?: {
    readonly thingName: string;
    readonly thingTypeName?: string;
    readonly attributes: Readonly<Record<string, string>>;
    /** Direct, static groups. */
    readonly groups: readonly string[];
    readonly principalType: PrincipalType;
  };
  /** Value of `Registry.revision` at which it was read. */
  readonly revision: number;
  /** Virtual time at which a change that is already made becomes visible; `Infinity` when none is on its way. */
  readonly validUntil: number;
}

/** The registry, as the broker reads it. Names and ids that do not exist give `undefined`. */
export interface Registry {
  /** Counts every change. A view is right while this has its `revision` and the clock is before its `validUntil`. */
  readonly revision: number;
  certificate(certificateId: string): CertificateView | undefined;
  thing(thingName: string): ThingView | undefined;
  things(): readonly ThingView[];
  /** Facts for the decisions on one connection. The first call for a certificate is when the authorizer first sees it. */
  authorization(certificateId: string, clientId: string): AuthorizationView;
}

// --------------------------------------------------------------------------------------------------------- connections

/** Reasons of `$aws/events/presence/disconnected`, as the service words them. */
export type DisconnectReason =
  | 'API_INITIATED_DISCONNECT'
  | 'AUTH_ERROR'
  | 'CLIENT_ERROR'
  | 'CLIENT_INITIATED_DISCONNECT'
  | 'CONNECTION_LOST'
  | 'DUPLICATE_CLIENTID'
  | 'FORBIDDEN_ACCESS'
  | 'MQTT_KEEP_ALIVE_TIMEOUT'
  | 'SERVER_ERROR'
  | 'SERVER_INITIATED_DISCONNECT'
  | 'THROTTLED'
  | 'WEBSOCKET_TTL_EXPIRATION'
  | 'CUSTOMAUTH_TTL_EXPIRATION';

/** A session of a client, live or kept by the broker after it left. */
export interface ConnectionView {
  readonly clientId: string;
  readonly certificateId: string;
  readonly connected: boolean;
  /** Only for exclusively attached things, as in lifecycle events. */
  readonly thingName?: string;
  readonly cleanSession: boolean;
  readonly keepAliveSeconds: number;
  readonly sourceIp: string;
  readonly sourcePort: number;
  /** Virtual milliseconds. */
  readonly connectedSince?: number;
  readonly disconnectedSince?: number;
  readonly disconnectReason?: DisconnectReason;
  readonly subscriptions: readonly { readonly topicFilter: string; readonly qos: number }[];
}

/** The broker's sessions, for `GetConnection`, `DeleteConnection` and certificates that are switched off. The broker implements it. */
export interface Connections {
  get(clientId: string): ConnectionView | undefined;
  list(): readonly ConnectionView[];
  /** Closes a live session, and forgets a kept one if `cleanSession`. False: there is neither. Resolves when the socket is closed. */
  delete(
    clientId: string,
    options: {
      readonly cleanSession: boolean;
      readonly preventWillMessage: boolean;
      readonly reason: DisconnectReason;
    },
  ): Promise<boolean>;
  /** Closes every live session of a certificate that is no longer active. The cloud calls it minutes after the change. */
  disconnectCertificate(certificateId: string, reason: DisconnectReason): Promise<void>;
}

// ------------------------------------------------------------------------------------------------------------ messages

/** A message that passed the broker's policies, on its way to topic rules. */
export interface InboundMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1;
  readonly retain: boolean;
  /** Who published: absent for events of the service itself, such as those of presence. */
  readonly from?: {
    readonly clientId: string;
    readonly certificateId: string;
    readonly thingName?: string;
    readonly sourceIp: string;
  };
}

/** A message of the cloud for devices: job and tunnel notifications, shadow deltas, what a function publishes. */
export interface OutboundMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1;
  readonly retain: boolean;
  /** Which part of the cloud publishes. */
  readonly from: Party;
}

/** Both directions between broker and cloud. The cloud implements it. */
export interface MessageBus {
  /** The broker hands over a message; resolves when every topic rule that selects it has started its actions. */
  ingest(message: InboundMessage): Promise<void>;
  /** The broker says where messages of the cloud go; `iot:Receive` is the broker's to check at each delivery. */
  onOutbound(deliver: (message: OutboundMessage) => Promise<void>): void;
}

// ------------------------------------------------------------------------------------------- services behind MQTT topics

/** A refusal as the MQTT APIs of AWS IoT word it: what the broker publishes below `/rejected`. */
export class ServiceRefusal extends Error {
  constructor(
    /** Such as 400, 403, 404. */
    public readonly statusCode: number,
    /** Such as `AccessDenied`, `InvalidRequest`, `ResourceNotFound`, `VersionMismatch`. */
    public readonly errorCode: string,
    message: string,
  ) {
    super(message);
    this.name = 'ServiceRefusal';
  }
}

/** Who asks over MQTT. */
export interface MqttCaller {
  readonly clientId: string;
  readonly certificateId: string;
}

/** Fleet provisioning. Each method throws `ServiceRefusal`. */
export interface ProvisioningService {
  /** `$aws/certificates/create-from-csr/json`. The certificate is PENDING_ACTIVATION until `registerThing`. */
  createCertificateFromCsr(
    caller: MqttCaller,
    request: { readonly certificateSigningRequest: string },
  ): Promise<{
    readonly certificateId: string;
    readonly certificatePem: string;
    readonly certificateOwnershipToken: string;
  }>;

  /** `$aws/certificates/create/json`: the service would make the private key, which nobody here wants. Always refused. */
  createKeysAndCertificate(caller: MqttCaller): Promise<never>;

  /**
   * `$aws/provisioning-templates/<name>/provision/json`: asks the template's hook function, then makes what the template's
   * role may make.
   */
  registerThing(
    caller: MqttCaller,
    templateName: string,
    request: { readonly certificateOwnershipToken: string; readonly parameters?: Readonly<Record<string, string>> },
  ): Promise<{ readonly thingName: string; readonly deviceConfiguration: Readonly<Record<string, string>> }>;
}

export type JobStatus =
  'QUEUED' | 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'REJECTED' | 'REMOVED' | 'CANCELED';

export interface JobExecutionView {
  readonly jobId: string;
  readonly thingName: string;
  readonly status: JobStatus;
  readonly statusDetails?: Readonly<Record<string, string>>;
  readonly versionNumber: number;
  readonly executionNumber: number;
  /** Virtual seconds. */
  readonly queuedAt: number;
  readonly startedAt?: number;
  readonly lastUpdatedAt: number;
  /** Only in answers to the device. */
  readonly jobDocument?: unknown;
}

/**
 * The MQTT API of jobs, below `$aws/things/<thing>/jobs/`. `notify` and `notify-next` go out through the bus. Each method
 * throws `ServiceRefusal`. Whether the device may speak for the thing is the broker's policies' matter.
 */
export interface JobsService {
  /** `get`: what is pending. */
  pending(thingName: string): Promise<{
    readonly inProgressJobs: readonly JobExecutionView[];
    readonly queuedJobs: readonly JobExecutionView[];
  }>;
  /** `start-next`. No `execution`: there is none. */
  startNext(
    thingName: string,
    request: { readonly statusDetails?: Readonly<Record<string, string>> },
  ): Promise<{ readonly execution?: JobExecutionView }>;
  /** `<jobId>/get`, where `$next` is an id. */
  describe(thingName: string, jobId: string): Promise<{ readonly execution?: JobExecutionView }>;
  /** `<jobId>/update`. */
  update(
    thingName: string,
    jobId: string,
    request: {
      readonly status: JobStatus;
      readonly statusDetails?: Readonly<Record<string, string>>;
      readonly expectedVersion?: number;
    },
  ): Promise<{ readonly executionState: { readonly status: JobStatus; readonly versionNumber: number } }>;
}

/** Shadows of a thing; `shadowName` absent is the classic one. Throws `ServiceRefusal`. Deltas go out through the bus. */
export interface ShadowService {
  get(thingName: string, shadowName?: string): Promise<Readonly<Record<string, unknown>>>;
  /** Gives the payload of `/accepted`. */
  update(
    thingName: string,
    shadowName: string | undefined,
    request: unknown,
  ): Promise<Readonly<Record<string, unknown>>>;
  delete(thingName: string, shadowName?: string): Promise<Readonly<Record<string, unknown>>>;
}

/**
 * Device Defender. Its cloud-side metrics (messages, sizes, authorization failures, connections, disconnects, addresses) it
 * counts itself from the event stream: the broker emits an event for each of them.
 */
export interface DefenderService {
  /** `$aws/things/<thing>/defender/metrics/json`: gives the payload of `/accepted`, or throws `ServiceRefusal`. */
  report(thingName: string, report: unknown): Promise<Readonly<Record<string, unknown>>>;
}

// -------------------------------------------------------------------------------------------------------------- people

/** A resource as it was deployed. */
export interface DeployedResource {
  readonly stack: string;
  readonly logicalId: string;
  /** Construct path, where the template tells it. */
  readonly path?: string;
  readonly type: string;
  readonly physicalId: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** What a person finds a violation of Device Defender to be. */
export type Verdict = 'FALSE_POSITIVE' | 'BENIGN_POSITIVE' | 'TRUE_POSITIVE' | 'UNKNOWN';

/** What a person or a system outside the stacks does. Their own rights are not questioned; what they set off is. */
export interface Outside {
  /** Registers a certificate without a CA, and attaches policies: how a claim certificate gets into the account. */
  registerCertificate(
    pem: string,
    options?: {
      readonly status?: CertificateStatus;
      readonly policyNames?: readonly string[];
      /** Id of a certificate whose policies and things it gets too. */
      readonly like?: string;
    },
  ): Promise<CertificateView>;
  /** Publishes to an SNS topic. */
  publish(topicArn: string, message: string, attributes?: Readonly<Record<string, string>>): Promise<void>;
  /** Puts an event on the default event bus. */
  putEvent(event: {
    readonly source: string;
    readonly detailType: string;
    readonly detail: unknown;
    readonly resources?: readonly string[];
  }): Promise<void>;
  /** Sends a message to a queue. */
  sendMessage(queueUrlOrArn: string, body: string): Promise<void>;
  /** Invokes a function by name, ARN or logical id, and gives its answer. */
  invoke(functionName: string, payload: unknown): Promise<unknown>;
  /**
   * Sends a request to an HTTP API of the assembly, over HTTP and signed: as an operator who may invoke it, or as a person of
   * the account who may do nothing.
   */
  request(
    apiId: string,
    request: { readonly method: string; readonly path: string; readonly body?: unknown },
    as: 'operator' | 'bystander',
  ): Promise<{ readonly status: number; readonly body: string }>;
  /** Makes a job, as a person in the console would. */
  createJob(job: {
    readonly jobId: string;
    readonly targets: readonly string[];
    readonly document: unknown;
    readonly continuous?: boolean;
  }): Promise<void>;
  /** Opens a tunnel to a thing; its notification goes out through the bus. */
  openTunnel(thingName: string, services: readonly string[]): Promise<{ readonly tunnelId: string }>;
  /** Whether a tunnel to a thing is open. */
  hasTunnel(thingName: string): boolean;
  /** What Device Defender knows of the violations of a thing: the verdict that was put on each, undefined where none was. */
  verdictsOn(thingName: string): readonly (Verdict | undefined)[];
  /** Lets a service fail, so that it answers every call with an error of its own; or has it work again. */
  outage(service: string, fails: boolean): void;
  /** Sends what queues gave up back to where it came from. Gives how many messages. */
  redrive(): Promise<number>;
}

// -------------------------------------------------------------------------------------------------------------- events

/** Somebody or something in the story. */
export interface Party {
  readonly kind: 'device' | 'broker' | 'service' | 'function' | 'stack' | 'person' | 'rehearsal';
  /** Client id of a device, name of a service (`iot`, `dynamodb`, `sqs`), path or name of a function or stack. */
  readonly name: string;
}

/** A statement that decided, in words that the report shows. */
export interface DecidingStatement {
  /** Policy of the template, such as `PumpsQuarantinePolicy`, or the role's inline policy. */
  readonly policyName: string;
  readonly statementIndex: number;
  readonly sid?: string;
  readonly effect: 'Allow' | 'Deny';
  /** All of it in words. */
  readonly label: string;
}

export interface Decision {
  /** Such as `iot:Publish` or `dynamodb:UpdateItem`. */
  readonly action: string;
  /** ARN. */
  readonly resource: string;
  readonly allowed: boolean;
  /** The denies, or else the allows; empty for an implicit deny. */
  readonly because: readonly DecidingStatement[];
  /** For a denial: what stands in the way. */
  readonly missing?: string;
}

/** What every event has. `seq` and `at` are set by the stream. */
interface EventBase {
  readonly seq: number;
  /** Virtual milliseconds. */
  readonly at: number;
  readonly who: Party;
  readonly toWhom?: Party;
  /** One line for the timeline. */
  readonly what: string;
}

/** A session begins, ends or is refused. */
export interface ConnectionEvent extends EventBase {
  readonly kind: 'connection';
  readonly clientId: string;
  readonly certificateId?: string;
  readonly thingName?: string;
  readonly sourceIp?: string;
  readonly change: 'connected' | 'disconnected' | 'refused';
  readonly reason?: string;
}

/** An MQTT message is published or delivered. Emitted once per direction; refused ones are decisions. */
export interface MessageEvent extends EventBase {
  readonly kind: 'message';
  readonly direction: 'in' | 'out';
  readonly topic: string;
  readonly bytes: number;
  readonly clientId?: string;
  readonly thingName?: string;
  /** The beginning of the payload, as text; absent where it may be secret. */
  readonly preview?: string;
}

/** An MQTT request is decided by the policies of the template. */
export interface DecisionEvent extends EventBase {
  readonly kind: 'decision';
  readonly clientId: string;
  readonly thingName?: string;
  readonly decision: Decision;
}

/** A function, or a service in its role, calls a service; the role's policies decide. */
export interface CallEvent extends EventBase {
  readonly kind: 'call';
  /** Such as `iot`. */
  readonly service: string;
  readonly operation: string;
  /** `ok`, or the code of the error. */
  readonly outcome: string;
  /** Absent for calls that need no permission. */
  readonly decision?: Decision;
}

/** A function ran. */
export interface FunctionEvent extends EventBase {
  readonly kind: 'function';
  readonly functionName: string;
  /** What called it: `custom resource`, `sqs`, `sns`, `events`, `dynamodb`, `iot hook`, `topic rule`, `invoke`. */
  readonly source: string;
  readonly outcome: 'ok' | 'error' | 'timeout';
  /** Error text, or the number of failed messages of a batch. */
  readonly detail?: string;
}

/** An item of an incident table changed its state. */
export interface IncidentEvent extends EventBase {
  readonly kind: 'incident';
  readonly subject: string;
  readonly from?: string;
  readonly to: string;
}

/** An alarm of the template changed its state, or a behavior of a security profile for one device. */
export interface AlarmEvent extends EventBase {
  readonly kind: 'alarm';
  /** Construct path, or the stack's name and the logical id. */
  readonly alarm: string;
  readonly from: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  readonly to: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  readonly reason: string;
}

/** What a check of an audit said. */
export interface AuditCheckRun {
  readonly check: string;
  /** `failed`: the role of the audit may not look; `not evaluated`: a rehearsal cannot say. */
  readonly outcome: 'compliant' | 'found' | 'failed' | 'not evaluated';
  /** Such as `CLIENT_ID pump-7`. */
  readonly found: readonly { readonly resource: string; readonly reason: string; readonly isSuppressed: boolean }[];
  /** Why it failed, or was not evaluated. */
  readonly because?: string;
}

/** An audit of Device Defender is done. */
export interface AuditEvent extends EventBase {
  readonly kind: 'audit';
  readonly taskId: string;
  readonly checks: readonly AuditCheckRun[];
  /** All of it in words, a line for each check. */
  readonly detail: string;
}

/** A resource of a stack was created. */
export interface DeployEvent extends EventBase {
  readonly kind: 'deploy';
  readonly stack: string;
  readonly logicalId: string;
  readonly resourceType: string;
  readonly outcome: 'created' | 'skipped' | 'failed';
  readonly detail?: string;
}

/** Something that the rehearsal does not model was met. On the path of a scenario (`onPath`) the run is not green. */
export interface GapEvent extends EventBase {
  readonly kind: 'gap';
  /** `AWS::EC2::VPC`, `iot:SearchIndex`, `condition operator NumericLessThanIfExists`, ... */
  readonly subject: string;
  /** What a reader must know, since it was not modelled. */
  readonly meaning: string;
  readonly onPath: boolean;
}

/** Something went wrong that makes a run red whatever the scenario expects: an AccessDenied, a message in a DLQ. */
export interface FaultEvent extends EventBase {
  readonly kind: 'fault';
  readonly code: string;
  readonly detail: string;
}

/** A step of a scenario, by the scenario runner. */
export interface StepEvent extends EventBase {
  readonly kind: 'step';
  readonly outcome: 'begun' | 'met' | 'failed';
  readonly reason?: string;
}

/** Time passed because a scenario let it. */
export interface TimeEvent extends EventBase {
  readonly kind: 'time';
  readonly passedMs: number;
}

export type RehearsalEvent =
  | ConnectionEvent
  | MessageEvent
  | DecisionEvent
  | CallEvent
  | FunctionEvent
  | IncidentEvent
  | AlarmEvent
  | AuditEvent
  | DeployEvent
  | GapEvent
  | FaultEvent
  | StepEvent
  | TimeEvent;

/** An event before the stream numbers it. */
export type NewEvent = RehearsalEvent extends infer E
  ? E extends RehearsalEvent
    ? Omit<E, 'seq' | 'at'>
    : never
  : never;

/** Everything that happened, in order: for the timeline, the report and the assertions. */
export interface EventStream {
  emit(event: NewEvent): void;
  all(): readonly RehearsalEvent[];
  /** Called for each later event, at once; returns how to stop. Listeners do not throw. */
  subscribe(listener: (event: RehearsalEvent) => void): () => void;
}

// --------------------------------------------------------------------------------------------------------------- cloud

/** Something in the assembly that is not modelled. */
export interface Gap {
  readonly subject: string;
  readonly where: string;
  readonly meaning: string;
}

/** A deployed assembly that runs: what the device half is given. */
export interface Cloud {
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  readonly events: EventStream;
  readonly registry: Registry;
  readonly bus: MessageBus;
  readonly provisioning: ProvisioningService;
  readonly jobs: JobsService;
  readonly shadows: ShadowService;
  readonly defender: DefenderService;
  readonly outside: Outside;
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  /** What was found in the assembly and is not modelled. */
  readonly gaps: readonly Gap[];
  /** Deployed resources, by type; all without one. */
  resources(type?: string): readonly DeployedResource[];
  /** Outputs of a stack, by name. */
  outputs(stack: string): Readonly<Record<string, string>>;
  /** The broker says which sessions it has. Until then there are none. */
  attachBroker(connections: Connections): void;
  /** Ends every process, closes every port, removes every file. Safe to repeat. */
  close(): Promise<void>;
}

/** Properties of a cloud. */
export interface CloudProps {
  /** Folder of the cloud assembly. */
  readonly assembly: string;
  /** The same seed gives the same ids, delays and order. */
  readonly seed?: string;
  /** Virtual time at the start, in milliseconds. */
  readonly startAt?: number;
  readonly region?: string;
  readonly account?: string;
  /** Values for template parameters, by name, or by `Stack.Name`. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** What stacks export that are no part of the assembly, by name. */
  readonly exports?: Readonly<Record<string, string>>;
  /** Names of stacks to deploy, or paths of their constructs; all by default. */
  readonly stacks?: readonly string[];
  /** Whether Device Defender Detect is closed to the account: stacks with security profiles are not deployed. */
  readonly withoutDetect?: boolean;
  /** Told of each event as it happens. */
  readonly onEvent?: (event: RehearsalEvent) => void;
  /** Ends it all, a deployment that is under way too: what was begun fails, and nothing is left behind. */
  readonly abort?: AbortSignal;
}
