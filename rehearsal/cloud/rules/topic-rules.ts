import { selects } from '../../topic-filter';
import type { InboundMessage, Party } from '../../ports';
import { NotModelled } from '../fault';
import { arnOf } from '../operation';
import { gap, serviceParty, type World } from '../world';
import { type ActionFailure, type ActionParts, actionOf, type RuleAction, type Triggered } from './actions';
import { compileStatement, type MessageContext, resultOf } from './sql-evaluate';
import { filterOf, type Statement } from './sql-parse';

/** Of AWS IoT SQL. */
const VERSION = '2016-03-23';
const BASIC_INGEST = /^\$aws\/rules\/([^/]+)\/?(.*)$/s;

export interface RuleProps {
  readonly name: string;
  readonly label: string;
  readonly sql: string;
  /** The oldest one is what the service takes where a template says nothing. */
  readonly version?: string;
  readonly actions: readonly Readonly<Record<string, unknown>>[];
  readonly errorAction?: Readonly<Record<string, unknown>>;
}

interface Rule {
  readonly name: string;
  readonly arn: string;
  readonly label: string;
  readonly filter: string;
  /** Or what of it is not modelled. */
  readonly statement: Statement | NotModelled;
  readonly actions: readonly RuleAction[];
  readonly errorAction?: RuleAction;
}

/** A message of a device or of the cloud. */
type Message = Pick<InboundMessage, 'topic' | 'payload'> & { readonly from?: InboundMessage['from'] | Party };

/** The rules of AWS IoT: which messages they select, what they make of them, and where it goes, in the rule's roles. */
export class TopicRules {
  private readonly rules = new Map<string, Rule>();
  private traced = 0;

  constructor(
    private readonly world: World,
    private readonly parts: ActionParts,
  ) {}

  /** What of the rule is not modelled is given back; the rule stands, and a message that it would have met is told. */
  public add(props: RuleProps): NotModelled | undefined {
    const { name, label, sql, version = '2015-10-08' } = props;
    let statement: Statement | NotModelled;
    try {
      if (version !== VERSION) throw new NotModelled(`version ${version} of AWS IoT SQL`, 'the rule did not run');
      statement = compileStatement(sql);
    } catch (error) {
      if (!(error instanceof NotModelled)) throw error;
      statement = error;
    }
    const arn = arnOf(this.world.place, 'iot', `rule/${name}`);
    const filter = statement instanceof NotModelled ? filterOf(sql) : statement.from;
    const errorAction = props.errorAction && actionOf(props.errorAction);
    this.rules.set(name, { name, arn, label, filter, statement, actions: props.actions.map(actionOf), errorAction });
    return statement instanceof NotModelled ? statement : undefined;
  }

  /** Hands a message to the rules that select it; what they do happens at once, as acts of their own. */
  public ingest(message: Message): void {
    const [, named, rest = ''] = BASIC_INGEST.exec(message.topic) ?? [];
    const topic = named === undefined ? message.topic : rest;
    if (named !== undefined && !this.rules.has(named)) this.lost(named);
    let context: MessageContext | undefined;
    for (const rule of this.rules.values()) {
      if (named === undefined ? !selects(rule.filter, topic) : rule.name !== named || !selects(rule.filter, topic))
        continue;
      context ??= this.contextOf(message, topic);
      this.trigger(rule, context);
    }
  }

  private trigger(rule: Rule, context: MessageContext): void {
    const { statement, label } = rule;
    if (statement instanceof NotModelled) return gap(this.world, statement.subject, `rule ${label} did not run`);
    let result: Buffer | undefined;
    try {
      result = resultOf(statement, context);
    } catch (error) {
      if (!(error instanceof NotModelled)) throw error;
      return gap(this.world, error.subject, `rule ${label} did not run`);
    }
    if (result === undefined) return;
    const triggered = { rule, context, payload: result };
    this.world.clock.schedule(0, `rule ${label}`, () => this.act(rule, triggered));
  }

  private async act(rule: Rule, triggered: Triggered): Promise<void> {
    const failures: ActionFailure[] = [];
    for (const action of rule.actions) {
      const failure = await this.run(action, triggered);
      if (failure !== undefined) failures.push(failure);
    }
    if (failures.length === 0) return;
    if (rule.errorAction === undefined) return this.dropped(rule, failures);
    const failed = await this.run(rule.errorAction, { ...triggered, payload: errorOf(triggered, failures) });
    if (failed !== undefined) this.dropped(rule, [...failures, failed]);
  }

  private async run(action: RuleAction, triggered: Triggered): Promise<ActionFailure | undefined> {
    try {
      return await action(this.world, this.parts, triggered);
    } catch (error) {
      if (!(error instanceof NotModelled)) throw error;
      gap(this.world, error.subject, `${error.meaning}: rule ${triggered.rule.label}`);
      return undefined;
    }
  }

  private contextOf({ payload, from }: Message, topic: string): MessageContext {
    const { place, clock, random } = this.world;
    const trace = random.fork(`trace ${this.traced++}`);
    // What the cloud publishes itself comes from no client.
    const client = from !== undefined && 'clientId' in from ? from : undefined;
    return {
      topic,
      payload,
      at: clock.now(),
      account: place.account,
      clientId: client?.clientId,
      principal: client?.certificateId,
      traceId: client && trace.uuid(),
      uuid: () => trace.uuid(),
    };
  }

  private dropped({ label }: Rule, failures: readonly ActionFailure[]): void {
    this.world.events.emit({
      kind: 'fault',
      who: serviceParty(`rule ${label}`),
      what: `a message for rule ${label} is lost`,
      code: 'EventLost',
      detail: failures.map(({ failedAction, errorMessage }) => `${failedAction}: ${errorMessage}`).join('; '),
    });
  }

  private lost(name: string): void {
    this.world.events.emit({
      kind: 'fault',
      who: serviceParty('iot'),
      what: `a message for rule ${name} is lost`,
      code: 'RuleNotFound',
      detail: `Basic Ingest names a rule ${name}, which does not exist`,
    });
  }
}

/** @see https://docs.aws.amazon.com/iot/latest/developerguide/rule-error-handling.html */
function errorOf({ rule, context }: Triggered, failures: readonly ActionFailure[]): Buffer {
  return Buffer.from(
    JSON.stringify({
      ruleName: rule.name,
      topic: context.topic,
      cloudwatchTraceId: context.traceId ?? context.uuid(),
      clientId: context.clientId ?? 'N/A',
      base64OriginalPayload: Buffer.from(context.payload).toString('base64'),
      failures,
    }),
  );
}
