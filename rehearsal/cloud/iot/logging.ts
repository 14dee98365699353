import type { Connections, DecisionEvent, RehearsalEvent } from '../../ports';
import type { Logs } from '../logs/service';
import { arnOf, recordOf, textOf } from '../operation';
import { report, serviceParty, type World } from '../world';
import type { Account } from './account';
import type { IotRegistry } from './registry';

type Level = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'DISABLED';

/** From the most said to the least. */
const LEVELS: readonly Level[] = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'DISABLED'];
const LOG_GROUP = 'AWSIotLogsV2';
const SERVICE = 'iot.amazonaws.com';

/** What a request is called in the log. */
const EVENT_TYPES: Readonly<Record<string, string>> = {
  'iot:Publish': 'Publish-In',
  'iot:RetainPublish': 'Publish-In',
  'iot:Subscribe': 'Subscribe',
  'iot:Receive': 'Publish-Out',
};

interface Entry {
  readonly eventType: string;
  readonly level: 'INFO' | 'ERROR';
  readonly clientId: string;
  readonly thingName?: string;
  readonly principalId?: string;
  readonly sourceIp?: string;
  readonly [field: string]: unknown;
}

/** A level for the members of a thing group, which counts before that of the account. */
export interface GroupLevel {
  readonly thingGroupName: string;
  readonly level: string;
}

/**
 * The log of AWS IoT about its message broker: what is refused, and at the level INFO what is not. Written in the role that the
 * account's logging has, to its group or to the one that a type of event has of its own.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/cwl-format.html
 */
export class IotLogging {
  public readonly groupLevels: GroupLevel[] = [];
  private traced = 0;
  private last: DecisionEvent | undefined;
  private readonly told = new Set<string>();

  constructor(
    private readonly world: World,
    private readonly account: Account,
    private readonly registry: IotRegistry,
    private readonly logs: Logs,
    private readonly connections: () => Connections | undefined,
  ) {
    world.events.subscribe((event) => this.see(event));
  }

  private see(event: RehearsalEvent): void {
    if (event.kind === 'decision') this.decided(event);
    else if (event.kind === 'connection') {
      const { clientId, thingName, certificateId: principalId, sourceIp } = event;
      const about = { clientId, thingName, principalId, sourceIp };
      if (event.change === 'connected') this.write({ ...about, eventType: 'Connect', level: 'INFO' });
      else if (event.change === 'disconnected')
        this.write({ ...about, eventType: 'Disconnect', level: 'INFO', disconnectReason: event.reason });
      // At the door of TLS there is no client id yet, and no entry unless it was asked for.
      else if (clientId !== '') this.write({ ...about, eventType: 'Connect', level: 'ERROR', ...DENIED });
    } else if (event.kind === 'message' && event.clientId !== undefined) {
      const { clientId, thingName, topic: topicName, direction } = event;
      const eventType = direction === 'in' ? 'Publish-In' : 'Publish-Out';
      this.write({ ...this.of(clientId), thingName, eventType, level: 'INFO', topicName });
    }
  }

  private decided(event: DecisionEvent): void {
    const { decision, clientId, thingName } = event;
    const eventType = EVENT_TYPES[decision.action];
    if (decision.allowed || eventType === undefined) return;
    const before = this.last;
    this.last = event;
    // A request that needs two permissions is one entry.
    if (
      before?.seq === event.seq - 1 &&
      before.clientId === clientId &&
      EVENT_TYPES[before.decision.action] === eventType
    )
      return;
    const topicName = decision.resource.split(/:topic(?:filter)?\//)[1];
    this.write({ ...this.of(clientId), thingName, eventType, level: 'ERROR', topicName, ...DENIED });
  }

  private of(clientId: string): { clientId: string; principalId?: string; sourceIp?: string; sourcePort?: number } {
    const view = this.connections()?.get(clientId);
    return {
      clientId,
      principalId: view?.certificateId,
      sourceIp: view?.sourceIp,
      sourcePort: view?.sourcePort,
    };
  }

  private write({ level, thingName, eventType, ...fields }: Entry): void {
    const { settings } = this.account;
    if (settings === undefined || settings.disableAllLogs === true) return;
    const { wanted, group } = this.destination(settings, eventType, thingName);
    if (LEVELS.indexOf(level) < LEVELS.indexOf(wanted) || wanted === 'DISABLED') return;
    if (!this.mayWrite(textOf(settings, 'roleArn') ?? '', group)) return;
    const { clock, place, random } = this.world;
    this.logs.put(group, {
      timestamp: new Date(clock.now()).toISOString().replace('T', ' ').replace('Z', ''),
      logLevel: level,
      traceId: random.fork(`log ${this.traced++}`).uuid(),
      accountId: place.account,
      status: level === 'ERROR' ? 'Failure' : 'Success',
      eventType,
      protocol: 'MQTT',
      ...fields,
    });
  }

  /** What is said of a group of the thing counts before what is said of the type of event, and that before the account. */
  private destination(
    settings: Readonly<Record<string, unknown>>,
    eventType: string,
    thingName: string | undefined,
  ): { readonly wanted: Level; readonly group: string } {
    const events = (settings.eventConfigurations ?? []) as Readonly<Record<string, unknown>>[];
    const own = recordOf(events.find((each) => each.eventType === eventType));
    const groups = thingName === undefined ? [] : (this.registry.thing(thingName)?.groups ?? []);
    const ofGroups = this.groupLevels
      .filter(({ thingGroupName }) => groups.includes(thingGroupName))
      .map(({ level }) => LEVELS.indexOf(level as Level));
    const ofGroup = ofGroups.length === 0 ? undefined : LEVELS[Math.min(...ofGroups)];
    const wanted = ofGroup ?? (own.logLevel as Level | undefined) ?? (settings.defaultLogLevel as Level | undefined);
    return { wanted: wanted ?? 'ERROR', group: textOf(own, 'logDestination') ?? LOG_GROUP };
  }

  /** The same refusal is told once: the service would log nothing, and say nothing. */
  private mayWrite(roleArn: string, group: string): boolean {
    const { place, authorizer } = this.world;
    const sourceArn = arnOf(place, 'iot', '*');
    const stream = arnOf(place, 'logs', `log-group:${group}:log-stream:rehearsal`);
    const needs = ['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => ({ action, resource: stream }));
    if (!this.logs.has(group)) needs.unshift({ action: 'logs:CreateLogGroup', resource: this.logs.arn(group) });
    const assumed = authorizer.assume(SERVICE, roleArn, sourceArn);
    const all = assumed.allowed ? needs.map((need) => authorizer.role(roleArn, need)) : [assumed];
    const refused = all.find(({ allowed }) => !allowed);
    if (refused === undefined) return true;
    const key = `${refused.action} ${refused.resource}`;
    if (!this.told.has(key)) {
      this.told.add(key);
      report(this.world, serviceParty('iot logging'), serviceParty('logs'), 'writes the log of AWS IoT', refused);
    }
    return false;
  }
}

const DENIED = { reason: 'AUTHORIZATION_FAILURE', details: 'Authorization Failure' } as const;
