import type {
  BehaviorsDocument,
  CompiledBehavior,
  LogRecord,
  MessageRecord,
  PresenceRecord,
  ReportRecord,
  StreamRecord,
} from '../../lambda/evaluate-behaviors/contract';
import { createHandler, type WindowAnswer } from '../../lambda/evaluate-behaviors/handler';
import type { Signal } from '../../lambda/evaluate-behaviors/page';
import { type Plan, planOf } from '../../lambda/evaluate-behaviors/plan';
import type { RegistryPort, SignalPort, StatePort } from '../../lambda/evaluate-behaviors/ports';
import { createLogger } from '../../lambda/shared/logger';

export const EPOCH = Date.UTC(2026, 0, 5);
export const WINDOW_MS = 300_000;

export function behavior(more: Partial<CompiledBehavior> & Pick<CompiledBehavior, 'metric'>): CompiledBehavior {
  return {
    name: more.metric,
    datapointsToAlarm: 1,
    datapointsToClear: 1,
    severity: 'HIGH',
    suppressed: false,
    target: 'all',
    ...more,
  };
}

export function documentOf(behaviors: CompiledBehavior[], more: Partial<BehaviorsDocument> = {}): BehaviorsDocument {
  return { v: 1, detector: 'Pumps', dryRun: false, learnedDryRunSeconds: 0, topics: [], behaviors, ...more };
}

let traces = 0;

export function message(clientId: string, at: number, more: Partial<MessageRecord> = {}): MessageRecord {
  traces += 1;
  return { v: 1, source: 'message', on: 'all', clientId, id: `trace-${traces}`, at, bytes: 100, ...more };
}

export function presence(
  clientId: string,
  eventType: PresenceRecord['eventType'],
  timestamp: number,
  more: Partial<PresenceRecord> = {},
): PresenceRecord {
  return {
    v: 1,
    source: 'presence',
    clientId,
    eventType,
    timestamp,
    sessionIdentifier: 'a4666d2a7d844ae4ac5d7b38c9cb7967',
    principalIdentifier: 'a'.repeat(64),
    versionNumber: 0,
    ...more,
  };
}

export function log(clientId: string, at: number, entry: Partial<LogRecord['entry']> = {}): LogRecord {
  traces += 1;
  const status = entry.status ?? 'Failure';
  const reason = status === 'Failure' ? 'AUTHORIZATION_FAILURE' : undefined;
  return {
    v: 1,
    source: 'log',
    id: `event-${traces}`,
    at,
    entry: { clientId, eventType: 'Publish-In', status, reason, ...entry },
  };
}

export function report(clientId: string, at: number, body: object, reportId = at): ReportRecord {
  const data = Buffer.from(JSON.stringify({ header: { report_id: reportId, version: '1.0' }, ...body }));
  traces += 1;
  return {
    v: 1,
    source: 'report',
    thing: clientId,
    clientId,
    principal: 'a'.repeat(64),
    id: `trace-${traces}`,
    at,
    data: data.toString('base64'),
  };
}

/** The table in memory, with the order of writes checked as DynamoDB does. */
export class MemoryState implements StatePort {
  public readonly items = new Map<string, { version: number; body: Uint8Array }>();
  public loads = 0;
  public shares = 0;
  public saves = 0;
  /** Asked before each call: throw to fail it. */
  public before: (call: 'load' | 'save' | 'share', key: string) => void = () => undefined;
  /** Asked after each write took effect. */
  public after: (key: string) => void = () => undefined;

  public load(key: string) {
    this.before('load', key);
    this.loads += 1;
    const item = this.items.get(key);
    return Promise.resolve(item && { key, ...item });
  }

  /** Every `of`-th item, a few at a time, with an answer in between that has none. */
  public async *share(share: number, of: number) {
    const keys = [...this.items.keys()].filter((_, index) => index % of === share);
    for (let from = 0; from <= keys.length; from += 3) {
      this.before('share', keys[from] ?? '');
      this.shares += 1;
      yield keys.slice(from, from + 3).map((key) => ({ key, ...this.items.get(key)! }));
      yield await Promise.resolve([]);
    }
  }

  public save(key: string, version: number, body: Uint8Array) {
    this.before('save', key);
    if ((this.items.get(key)?.version ?? 0) !== version) return Promise.resolve('conflict' as const);
    this.saves += 1;
    this.items.set(key, { version: version + 1, body: Uint8Array.from(body) });
    this.after(key);
    return Promise.resolve('saved' as const);
  }
}

export interface Put {
  readonly sequence: string;
  readonly arrival: number;
  readonly data: string;
}

const plans = new WeakMap<BehaviorsDocument, Plan>();

/** A plan is never changed, and working it out is what a restart costs. */
function plannedOnce(document: BehaviorsDocument): Plan {
  const plan = plans.get(document) ?? planOf(document);
  plans.set(document, plan);
  return plan;
}

function copied<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/** The engine with a stream, a table and a topic in memory. */
export class StreamRig {
  public readonly state = new MemoryState();
  public readonly signals: Signal[] = [];
  public readonly groups = new Map<string, string[]>();
  public now = EPOCH;
  public publishing: (signal: Signal) => void = () => undefined;
  public lookUps = 0;
  /** Smaller than Lambda's, so that windows spill. */
  public mostState: number | undefined;
  public handler: ReturnType<typeof createHandler>;
  private sequence = 10n ** 55n;
  private readonly counted = new Map<string, number>();
  private readonly lines: string[] = [];

  constructor(
    public document: BehaviorsDocument,
    private readonly targets: Record<string, readonly string[]> = {},
  ) {
    this.handler = this.restarted();
  }

  /** A process that remembers nothing. */
  public restarted(): ReturnType<typeof createHandler> {
    const registry: RegistryPort = {
      groupsOf: (thing) => {
        this.lookUps += 1;
        return Promise.resolve(this.groups.get(thing));
      },
    };
    const signals: SignalPort = {
      publish: (signal) => {
        this.publishing(signal);
        this.signals.push(signal);
        return Promise.resolve();
      },
    };
    this.handler = createHandler({
      plan: plannedOnce(this.document),
      groups: this.targets,
      state: this.state,
      signals,
      registry,
      now: () => this.now,
      pause: () => Promise.resolve(),
      log: createLogger({ service: 'test', write: (line) => void this.lines.push(line) }),
      mostState: this.mostState,
    });
    return this.handler;
  }

  public put(record: StreamRecord | string | object, arrival = this.now): Put {
    this.sequence += 7n;
    const text = typeof record === 'string' ? record : JSON.stringify(record);
    return { sequence: String(this.sequence), arrival, data: Buffer.from(text).toString('base64') };
  }

  public event(window: number, records: readonly Put[], more: Record<string, unknown> = {}): object {
    const start = EPOCH + window * WINDOW_MS;
    return {
      Records: records.map(({ sequence, arrival, data }) => ({
        kinesis: { sequenceNumber: sequence, approximateArrivalTimestamp: arrival / 1_000, data },
      })),
      window: { start: new Date(start).toISOString(), end: new Date(start + WINDOW_MS).toISOString() },
      state: {},
      shardId: 'shardId-000000000000',
      isFinalInvokeForWindow: false,
      isWindowTerminatedEarly: false,
      ...more,
    };
  }

  /** One whole window: its records in batches, and its end. */
  public async window(window: number, records: readonly object[], more: Record<string, unknown> = {}): Promise<void> {
    const at = EPOCH + window * WINDOW_MS + 1_000;
    await this.batches(window, [records.map((record) => this.put(record, at))], more);
  }

  public async batches(window: number, batches: readonly Put[][], more: Record<string, unknown> = {}): Promise<void> {
    let state: object = {};
    this.now = EPOCH + window * WINDOW_MS + 2_000;
    for (const batch of batches) state = (await this.invoke(this.event(window, batch, { ...more, state }))).state;
    this.now = EPOCH + (window + 1) * WINDOW_MS + 500;
    await this.invoke(this.event(window, [], { ...more, state, isFinalInvokeForWindow: true }));
  }

  /** Passes state through JSON, as Lambda does. */
  public async invoke(event: object): Promise<WindowAnswer> {
    const { Records: records, ...rest } = event as { Records?: readonly { kinesis: object }[] };
    // A record is flat: what JSON would make of it is the same again.
    const Records = records?.map(({ kinesis }) => ({ kinesis: { ...kinesis } }));
    return copied((await this.handler({ ...copied(rest), Records })) as WindowAnswer);
  }

  public sweep(now: number): Promise<unknown> {
    this.now = now;
    return this.handler({ schema: 'zero-trust-iot/sweep@1' });
  }

  /** What was said, in short. */
  public said(): string[] {
    const said = this.signals.map(({ thingName, phase, about, time }) => {
      return `${(time - EPOCH) / WINDOW_MS - 1} ${thingName} ${about.split('/')[1]} ${phase}`;
    });
    return said.sort();
  }

  /** What was logged, by metric: read only where it is asked for, since most runs only ask what was said. */
  public get counts(): ReadonlyMap<string, number> {
    for (const line of this.lines.splice(0)) {
      const entry = JSON.parse(line) as Record<string, unknown>;
      const name = String(entry.message);
      this.counted.set(name, (this.counted.get(name) ?? 0) + Number(entry[name] ?? 0));
    }
    return this.counted;
  }
}
