import { gzipSync } from 'node:zlib';
import { AwsFault } from '../fault';
import type { Functions } from '../functions';
import { arnOf, type Operation, textOf } from '../operation';
import { speaking, TargetJson, type WireService } from '../wire';
import { serviceParty, type World } from '../world';
import { type LinePattern, linePattern } from './filter-pattern';

interface Line {
  readonly id: string;
  readonly timestamp: number;
  readonly message: string;
}

interface Subscription {
  readonly name: string;
  readonly wants: LinePattern;
  readonly functionArn: string;
  waiting: Line[];
}

interface LogGroup {
  readonly name: string;
  readonly subscriptions: Subscription[];
}

const SERVICE = 'logs.amazonaws.com';
const MOST_SUBSCRIPTIONS = 2;
/** Lines that come within this time are delivered together. */
const DELIVERY_MS = 1_000;
const ID_DIGITS = 56;

/**
 * CloudWatch Logs: groups, and subscriptions of functions. What the functions themselves log is kept elsewhere; what AWS IoT
 * logs comes in by `put`.
 */
export class Logs {
  private readonly groups = new Map<string, LogGroup>();
  private written = 0;
  public readonly wire: WireService;

  constructor(
    private readonly world: World,
    private readonly functions: Functions,
  ) {
    const create: Operation = {
      name: 'logs:CreateLogGroup',
      needs: (input) => [
        {
          action: 'logs:CreateLogGroup',
          // The service words the resource as that of a stream without a name.
          resource: arnOf(world.place, 'logs', `log-group:${textOf(input, 'logGroupName') ?? ''}:log-stream:`),
        },
      ],
      act: (input) => {
        this.create(textOf(input, 'logGroupName') ?? '');
        return {};
      },
    };
    const wire = new TargetJson('Logs_20140328', '1.1', [create], 'com.amazonaws.logs');
    this.wire = {
      name: 'logs',
      signingNames: ['logs'],
      denied: ['AccessDeniedException', 400],
      ...speaking(wire),
      operations: [create],
    };
  }

  public create(name: string): void {
    if (this.has(name)) throw new AwsFault('ResourceAlreadyExistsException', 'The specified log group already exists');
    this.groups.set(name, { name, subscriptions: [] });
  }

  public has(name: string): boolean {
    return this.groups.has(name);
  }

  public arn(name: string): string {
    return arnOf(this.world.place, 'logs', `log-group:${name}:*`);
  }

  /** Delivers the lines of a group that a pattern selects to a function. Throws for a pattern that is not modelled. */
  public subscribe(group: string, name: string, pattern: string, functionArn: string): void {
    const found = this.groups.get(group);
    if (found === undefined)
      throw new AwsFault('ResourceNotFoundException', `The specified log group does not exist: ${group}`);
    if (found.subscriptions.length >= MOST_SUBSCRIPTIONS)
      throw new AwsFault('LimitExceededException', `${group} has ${MOST_SUBSCRIPTIONS} subscriptions already`);
    found.subscriptions.push({ name, wants: linePattern(pattern), functionArn, waiting: [] });
  }

  /** Writes a line; the group is made where it is not there yet. */
  public put(group: string, entry: Readonly<Record<string, unknown>>): void {
    if (!this.has(group)) this.create(group);
    const line = {
      id: String(++this.written).padStart(ID_DIGITS, '0'),
      timestamp: this.world.clock.now(),
      message: JSON.stringify(entry),
    };
    for (const subscription of this.groups.get(group)?.subscriptions ?? [])
      if (subscription.wants(entry)) this.deliver(group, subscription, line);
  }

  private deliver(group: string, subscription: Subscription, line: Line): void {
    subscription.waiting.push(line);
    if (subscription.waiting.length > 1) return;
    const { place, clock } = this.world;
    clock.schedule(DELIVERY_MS, `subscription ${subscription.name}`, async () => {
      const logEvents = subscription.waiting;
      subscription.waiting = [];
      const batch = {
        messageType: 'DATA_MESSAGE',
        owner: place.account,
        logGroup: group,
        logStream: 'rehearsal',
        subscriptionFilters: [subscription.name],
        logEvents,
      };
      const data = gzipSync(JSON.stringify(batch)).toString('base64');
      const from = serviceParty(`logs ${group}`);
      const event = { awslogs: { data } };
      await this.functions.invokeBy(SERVICE, this.arn(group), subscription.functionArn, event, 'logs', from);
    });
  }
}
