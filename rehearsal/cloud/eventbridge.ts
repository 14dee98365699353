import { NotModelled } from './fault';
import { type Cron, cronOf } from './cron';
import type { Functions } from './functions';
import { type Input, type Operation, recordOf, textOf } from './operation';
import { patternMatches } from './pattern';
import type { Sns } from './sns';
import type { Sqs } from './sqs';
import { speaking, TargetJson, type WireService } from './wire';
import { gap, mayDeliver, report, serviceParty, type World } from './world';

export interface RuleTarget {
  readonly arn: string;
  readonly input?: string;
  readonly inputPath?: string;
  readonly transformer?: { readonly paths: Readonly<Record<string, string>>; readonly template: string };
  readonly deadLetterArn?: string;
}

export interface Rule {
  readonly arn: string;
  readonly name: string;
  readonly busName: string;
  readonly pattern?: unknown;
  readonly schedule?: string;
  readonly targets: readonly RuleTarget[];
}

/** What a service or function puts on a bus. */
export interface BusEvent {
  readonly source: string;
  readonly detailType: string;
  readonly detail: unknown;
  readonly resources?: readonly string[];
}

const SERVICE = 'events.amazonaws.com';
const UNITS: Readonly<Record<string, number>> = {
  minute: 60_000,
  minutes: 60_000,
  hour: 3_600_000,
  hours: 3_600_000,
  day: 86_400_000,
  days: 86_400_000,
};

/** Event buses with their rules and schedules. */
export class EventBridge {
  private readonly rules: Rule[] = [];
  private numbered = 0;
  public readonly wire: WireService;

  constructor(
    private readonly world: World,
    private readonly sqs: Sqs,
    private readonly sns: Sns,
    private readonly functions: Functions,
  ) {
    const putEvents: Operation = {
      name: 'events:PutEvents',
      needs: (input) =>
        [...new Set(entriesOf(input).map((entry) => this.busArn(textOf(entry, 'EventBusName') ?? 'default')))].map(
          (resource) => ({ action: 'events:PutEvents', resource }),
        ),
      act: (input) => ({
        FailedEntryCount: 0,
        Entries: entriesOf(input).map((entry) => ({
          EventId: this.put(eventOf(entry), textOf(entry, 'EventBusName')),
        })),
      }),
    };
    const wire = new TargetJson('AWSEvents', '1.1', [putEvents], 'com.amazonaws.events');
    this.wire = {
      name: 'events',
      signingNames: ['events'],
      denied: ['AccessDeniedException', 400],
      ...speaking(wire),
      operations: [putEvents],
    };
  }

  public busArn(nameOrArn: string): string {
    if (nameOrArn.startsWith('arn:')) return nameOrArn;
    const { partition, region, account } = this.world.place;
    return `arn:${partition}:events:${region}:${account}:event-bus/${nameOrArn}`;
  }

  public add(rule: Rule): void {
    this.rules.push(rule);
    if (rule.schedule === undefined) return;
    const next = nextOf(rule.schedule);
    if (next === undefined) gap(this.world, `schedule ${rule.schedule}`, `rule ${rule.name} never fires`);
    else this.repeat(rule, next);
  }

  /** A schedule of EventBridge Scheduler, which is not modelled: its time comes all the same, and lies on the path then. */
  public missing(label: string, schedule: string): void {
    const { clock } = this.world;
    const [, once] = /^at\((.+)\)$/.exec(schedule) ?? [];
    const at = once === undefined ? nextOf(schedule)?.(clock.now()) : Date.parse(`${once}Z`);
    if (at === undefined || !(at >= clock.now())) return;
    clock.schedule(at - clock.now(), `schedule ${label}`, () =>
      gap(this.world, `schedule ${label}`, 'what it starts did not happen'),
    );
  }

  /** Puts an event on a bus; rules that match call their targets at once, as acts of their own. Gives the event id. */
  public put(event: BusEvent, bus = 'default'): string {
    const whole = this.envelope(event);
    for (const rule of this.rules) {
      if (this.busArn(rule.busName) !== this.busArn(bus) || rule.pattern === undefined) continue;
      try {
        if (patternMatches(rule.pattern, whole)) this.fire(rule, whole);
      } catch (error) {
        if (!(error instanceof NotModelled)) throw error;
        gap(this.world, error.subject, `rule ${rule.name} did not fire`);
      }
    }
    return whole.id;
  }

  private repeat(rule: Rule, next: Cron): void {
    const now = this.world.clock.now();
    const at = next(now);
    if (at === undefined) return;
    this.world.clock.schedule(at - now, `schedule of ${rule.name}`, () => {
      this.fire(
        rule,
        this.envelope({ source: 'aws.events', detailType: 'Scheduled Event', detail: {}, resources: [rule.arn] }),
      );
      this.repeat(rule, next);
    });
  }

  private fire(rule: Rule, event: object): void {
    for (const target of rule.targets)
      this.world.clock.schedule(0, `rule ${rule.name}`, () => this.deliver(rule, target, inputOf(target, event, rule)));
  }

  private async deliver(rule: Rule, target: RuleTarget, payload: unknown): Promise<void> {
    const from = serviceParty(`events ${rule.name}`);
    const service = target.arn.split(':')[2];
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
    let delivered = false;
    if (service === 'lambda')
      delivered = await this.functions.invokeBy(SERVICE, rule.arn, target.arn, payload, 'events', from);
    else if (service === 'sqs') {
      const queue = this.sqs.find(target.arn);
      const decision = mayDeliver(
        this.world,
        SERVICE,
        rule.arn,
        { action: 'sqs:SendMessage', resource: target.arn },
        queue?.props.keyArn,
      );
      delivered =
        report(
          this.world,
          from,
          serviceParty('sqs'),
          `sends to queue ${target.arn.split(':').pop() ?? ''}`,
          decision,
        ) && queue !== undefined;
      if (delivered) queue?.send(text);
    } else if (service === 'sns') {
      const topic = this.sns.find(target.arn);
      const decision = mayDeliver(
        this.world,
        SERVICE,
        rule.arn,
        { action: 'sns:Publish', resource: target.arn },
        topic?.keyArn,
      );
      delivered =
        report(
          this.world,
          from,
          serviceParty('sns'),
          `publishes to topic ${target.arn.split(':').pop() ?? ''}`,
          decision,
        ) && topic !== undefined;
      if (delivered && topic !== undefined) this.sns.publish(topic, { message: text, attributes: {} });
    } else gap(this.world, `target ${target.arn} of a rule`, `what rule ${rule.name} starts there did not happen`);
    if (!delivered && target.deadLetterArn !== undefined)
      this.sqs.deadLetter(target.deadLetterArn, text, `the target of ${rule.name} did not take it`, rule.arn);
  }

  private envelope({ source, detailType, detail, resources = [] }: BusEvent) {
    const { account, region } = this.world.place;
    const id = this.world.random.fork(`event ${this.numbered++}`).uuid();
    const time = new Date(this.world.clock.now()).toISOString().replace(/\.\d+Z$/, 'Z');
    return { version: '0', id, 'detail-type': detailType, source, account, time, region, resources, detail };
  }
}

function nextOf(schedule: string): Cron | undefined {
  const period = periodOf(schedule);
  return period === undefined ? cronOf(schedule) : (after) => after + period;
}

function periodOf(schedule: string): number | undefined {
  const [, count, unit = ''] = /^rate\((\d+) (\w+)\)$/.exec(schedule) ?? [];
  const length = UNITS[unit];
  return count === undefined || length === undefined ? undefined : Number(count) * length;
}

function entriesOf(input: Input): Input[] {
  return (input.Entries ?? []) as Input[];
}

function eventOf(entry: Input): BusEvent {
  const detail = JSON.parse(textOf(entry, 'Detail') ?? '{}') as unknown;
  return {
    source: String(entry.Source),
    detailType: String(entry.DetailType),
    detail,
    resources: (entry.Resources ?? []) as string[],
  };
}

function inputOf({ input, inputPath, transformer }: RuleTarget, event: object, rule: Rule): unknown {
  if (input !== undefined) return JSON.parse(input) as unknown;
  if (inputPath !== undefined) return valueAt(event, inputPath);
  if (transformer === undefined) return event;
  const known = reserved(rule, event);
  const filled = transformer.template.replace(
    /("?)<([\w.-]+)>("?)/g,
    (_all, open: string, name: string, close: string) => {
      const value = Object.hasOwn(known, name) ? known[name] : valueAt(event, transformer.paths[name] ?? '');
      // Inside quotes a text stands as it is; elsewhere every value stands as JSON.
      if (open === '"' && close === '"')
        return JSON.stringify(typeof value === 'string' ? value : JSON.stringify(value));
      return (
        open +
        (typeof value === 'string' && (open !== '' || close !== '') ? value : JSON.stringify(value ?? null)) +
        close
      );
    },
  );
  try {
    return JSON.parse(filled) as unknown;
  } catch {
    return filled;
  }
}

/**
 * What a template may name besides its own paths.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
function reserved({ arn }: Rule, event: object): Readonly<Record<string, unknown>> {
  const withoutDetail = Object.fromEntries(Object.entries(event).filter(([name]) => name !== 'detail'));
  return {
    'aws.events.rule-arn': arn,
    'aws.events.rule-name': arn.slice(arn.lastIndexOf('/') + 1),
    'aws.events.event.ingestion-time': withoutDetail.time,
    'aws.events.event': withoutDetail,
    'aws.events.event.json': event,
  };
}

/** `$.detail.findings[0].Id`. */
function valueAt(event: unknown, path: string): unknown {
  if (path === '') return undefined;
  const steps = path
    .replace(/^\$\.?/, '')
    .split(/[.[\]]+/)
    .filter((step) => step !== '');
  return steps.reduce<unknown>(
    (value, step) => (Array.isArray(value) ? (value as unknown[])[Number(step)] : recordOf(value)[step]),
    event,
  );
}
