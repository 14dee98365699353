import type { Answer } from '../../lambda/function-process';
import type { FunctionProps } from '../functions';
import { arnOf, recordOf } from '../operation';
import type { World } from '../world';
import { embeddedValues } from './embedded';
import type { Metrics } from './metrics';

const NAMESPACE = 'AWS/Lambda';

/** What CloudWatch gets of functions: that they ran, and the numbers in what they log. */
export class FunctionMetrics {
  private readonly told = new Set<string>();

  constructor(
    private readonly world: World,
    private readonly metrics: Metrics,
  ) {}

  /** Counted at the end of an invocation. How long it took is what its pauses took: computing takes no virtual time. */
  public ran({ name, timeoutSeconds }: FunctionProps, event: unknown, answer: Answer): void {
    const { clock } = this.world;
    const put = (metric: string, value: number) =>
      this.metrics.put({ namespace: NAMESPACE, name: metric, dimensions: { FunctionName: name } }, value, clock.now());
    put('Invocations', 1);
    put('Errors', answer.kind === 'value' ? 0 : 1);
    put('Duration', answer.kind === 'timeout' ? timeoutSeconds * 1_000 : (answer.elapsedMs ?? 0));
    const arrived = lastArrival(event);
    if (arrived !== undefined) put('IteratorAge', Math.max(0, clock.now() - arrived));
  }

  /** Metrics come out of the log, so a function whose role may not write it has none. */
  public logged(props: FunctionProps, text: string): void {
    const values = embeddedValues(text);
    if (values.length === 0 || !this.mayLog(props)) return;
    for (const { metric, value } of values) this.metrics.put(metric, value, this.world.clock.now());
  }

  private mayLog({ label, roleArn, logGroup }: FunctionProps): boolean {
    const { authorizer, place, events } = this.world;
    const resource = arnOf(place, 'logs', `log-group:${logGroup}:log-stream:rehearsal`);
    const { allowed, missing = '' } = authorizer.role(roleArn, { action: 'logs:PutLogEvents', resource });
    if (allowed || this.told.has(label)) return allowed;
    this.told.add(label);
    const subject = `metrics of ${label}`;
    const meaning = `its role may not write its log, so what it counts is not counted: ${missing}`;
    const who = { kind: 'function', name: label } as const;
    events.emit({ kind: 'gap', who, what: `${label} logs nothing`, subject, meaning, onPath: false });
    return false;
  }
}

/** When the last record of a batch had come into its stream, in milliseconds. */
function lastArrival(event: unknown): number | undefined {
  const { Records: records } = recordOf(event);
  const last = recordOf(Array.isArray(records) ? records.at(-1) : undefined);
  const at = recordOf(last.kinesis).approximateArrivalTimestamp ?? recordOf(last.dynamodb).ApproximateCreationDateTime;
  return typeof at === 'number' ? at * 1_000 : undefined;
}
