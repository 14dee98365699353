import { ExpectationFailed } from './actor';
import type { AlarmEvent, Cloud, DeployedResource, FaultEvent } from './ports';
import { nearest } from './scenarios/suggest';

const DEPTH = 'ApproximateNumberOfMessagesVisible';

/** The alarms of the assembly, and what waits among its dead letters, as a story expects them. */
export class Alarms {
  /** Dead letters that a story has asked for: they are no fault of the run. */
  private readonly foreseen = new Set<FaultEvent>();

  constructor(private readonly cloud: Pick<Cloud, 'events' | 'resources'>) {}

  public isForeseen(fault: FaultEvent): boolean {
    return this.foreseen.has(fault);
  }

  /** Expects an alarm to ring at this moment, by the end of its path or by its name. */
  public rings(name: string): void {
    const last = this.last(name);
    if (last?.to !== 'ALARM') throw new ExpectationFailed(`the alarm ${name} does not ring${statedBy(last)}`);
  }

  public isSilent(name: string): void {
    const last = this.last(name);
    if (last?.to === 'ALARM') throw new ExpectationFailed(`the alarm ${name} rings: ${last.reason}`);
  }

  /** Expects messages to have come to where messages end that could not be handled. */
  public hasDeadLetters(): void {
    const letters = this.letters().filter((fault) => !this.foreseen.has(fault));
    if (letters.length === 0) throw new ExpectationFailed('nothing waits among the dead letters');
    for (const letter of letters) this.foreseen.add(letter);
  }

  /** Expects an alarm to ring that watches a queue in which dead letters wait. */
  public tellsOfDeadLetters(): void {
    const queues = new Set(this.letters().map(({ toWhom }) => toWhom?.name));
    const watching = this.alarms().filter(({ properties }) => {
      const { MetricName, Dimensions = [] } = properties as { MetricName?: string; Dimensions?: { Value?: string }[] };
      return MetricName === DEPTH && Dimensions.some(({ Value }) => queues.has(Value));
    });
    if (watching.length === 0) throw new ExpectationFailed('no alarm watches the queue in which dead letters wait');
    if (!watching.some((alarm) => this.stateOf(alarm)?.to === 'ALARM'))
      throw new ExpectationFailed(`the alarm ${watching.map(labelOf).join(', ')} does not ring`);
  }

  private letters(): FaultEvent[] {
    return this.cloud.events
      .all()
      .filter((event): event is FaultEvent => event.kind === 'fault' && event.code === 'DeadLetter');
  }

  private last(name: string): AlarmEvent | undefined {
    const all = this.alarms();
    const found = all.filter(
      (alarm) => alarm.physicalId === name || labelOf(alarm) === name || labelOf(alarm).endsWith(`/${name}`),
    );
    const [only] = found;
    if (only !== undefined && found.length === 1) return this.stateOf(only);
    if (only !== undefined)
      throw new Error(`${found.length} alarms are called ${name}: say which of ${found.map(labelOf).join(', ')}`);
    const ends = all.map((alarm) => labelOf(alarm).split('/').slice(-name.split('/').length).join('/'));
    const meant = nearest(name, ends);
    throw new Error(`the assembly has no alarm ${name}${meant === undefined ? '' : `; did you mean ${meant}?`}`);
  }

  private alarms(): readonly DeployedResource[] {
    return this.cloud.resources('AWS::CloudWatch::Alarm');
  }

  private stateOf(alarm: DeployedResource): AlarmEvent | undefined {
    const label = labelOf(alarm);
    const found = this.cloud.events.all().findLast((event) => event.kind === 'alarm' && event.alarm === label);
    return found?.kind === 'alarm' ? found : undefined;
  }
}

function labelOf({ path, stack, logicalId }: DeployedResource): string {
  return (path ?? `${stack}/${logicalId}`).replace(/\/Resource$/, '');
}

function statedBy(last: AlarmEvent | undefined): string {
  return last === undefined ? ': it was never evaluated' : `: it is ${last.to}, ${last.reason}`;
}
