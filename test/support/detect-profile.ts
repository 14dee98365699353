import { BlockList, isIPv4 } from 'node:net';

/**
 * What Device Defender Detect is documented to do with the security profiles of a template, slowly and without state: every datapoint
 * is worked out anew from all that happened. Written from the documentation and apart from the engines; it reads the template alone.
 *
 * https://docs.aws.amazon.com/iot-device-defender/latest/devguide/detect-behaviors.html
 * https://docs.aws.amazon.com/iot-device-defender/latest/devguide/detect-cloud-side-metrics.html
 * https://docs.aws.amazon.com/iot-device-defender/latest/devguide/detect-device-side-metrics.html
 * https://docs.aws.amazon.com/iot-device-defender/latest/devguide/scoping-security-behavior.html
 * https://docs.aws.amazon.com/iot/latest/apireference/API_BehaviorCriteria.html
 */

/** What one device does in five minutes, in the words of nobody's engine. */
export interface Happening {
  readonly device: string;
  readonly sent?: readonly { readonly topic: string; readonly bytes: number; readonly address?: string }[];
  readonly received?: readonly string[];
  readonly denied?: readonly { readonly topic: string; readonly address?: string }[];
  /** From which addresses it tried to connect, and whether it could. */
  readonly attempts?: readonly { readonly address: string; readonly failed?: boolean }[];
  readonly disconnects?: number;
  /** What its agent reports, in long names. */
  readonly reports?: readonly Report[];
}

export interface Report {
  readonly metrics?: Readonly<Record<string, unknown>>;
  readonly custom_metrics?: Readonly<Record<string, unknown>>;
}

/** Windows of five minutes; in a window that has no happening of a device nothing is known of it. */
export type Trace = readonly (readonly Happening[])[];

interface Criteria {
  readonly ComparisonOperator: string;
  readonly Value?: {
    readonly Count?: string;
    readonly Number?: number;
    readonly Cidrs?: readonly string[];
    readonly Ports?: readonly number[];
    readonly Numbers?: readonly number[];
    readonly Strings?: readonly string[];
  };
  readonly StatisticalThreshold?: { readonly Statistic: string };
  readonly DurationSeconds?: number;
  readonly ConsecutiveDatapointsToAlarm?: number;
  readonly ConsecutiveDatapointsToClear?: number;
}

interface ProfileBehavior {
  readonly Name: string;
  readonly Metric: unknown;
  readonly MetricDimension?: { readonly DimensionName: unknown; readonly Operator?: string };
  readonly Criteria: Criteria;
}

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: unknown }>>;
}

/** What the profiles of a template have to say of a trace: `WINDOW DEVICE BEHAVIOR alarm|cleared`, sorted. */
export function violationsOf(template: Template, trace: Trace): string[] {
  const profiles = new Profiles(template);
  const devices = [...new Set(trace.flat().map(({ device }) => device))];
  return profiles.behaviors
    .flatMap((behavior) => devices.flatMap((device) => transitions(profiles, behavior, device, trace)))
    .sort();
}

function transitions(profiles: Profiles, behavior: ProfileBehavior, device: string, trace: Trace): string[] {
  const { ConsecutiveDatapointsToAlarm: toAlarm = 1, ConsecutiveDatapointsToClear: toClear = 1 } = behavior.Criteria;
  const said: string[] = [];
  let inAlarm = false;
  let consecutive = 0;
  trace.forEach((_, window) => {
    for (const conforms of datapoints(profiles, behavior, device, trace, window)) {
      consecutive = conforms === inAlarm ? consecutive + 1 : 0;
      if (consecutive < (inAlarm ? toClear : toAlarm)) continue;
      inAlarm = !inAlarm;
      consecutive = 0;
      said.push(`${window} ${device} ${behavior.Name} ${inAlarm ? 'alarm' : 'cleared'}`);
    }
  });
  return said;
}

/** Whether what a device did in the window that ends here conforms: nothing, one datapoint, or one for each report. */
function datapoints(profiles: Profiles, behavior: ProfileBehavior, device: string, trace: Trace, window: number) {
  const { Criteria: criteria } = behavior;
  const metric = profiles.metricOf(behavior);
  const mine = (trace[window] ?? []).filter((one) => one.device === device);
  if (mine.length === 0) return [];
  if (/-set$/.test(criteria.ComparisonOperator))
    return profiles.lists(behavior, mine).map((values) => values.every((value) => isListed(criteria, value)));
  if (criteria.DurationSeconds === undefined) {
    const values = profiles.values(behavior, mine);
    // Each message is measured against the bound; evaluation is every five minutes, so one violation is one datapoint.
    if (metric === 'aws:message-byte-size')
      return values.length === 0 ? [] : [values.every((value) => compares(criteria, value, boundOf(criteria)))];
    return values.map((value) => compares(criteria, value, boundOf(criteria)));
  }
  const length = criteria.DurationSeconds / 300;
  if ((window + 1) % length !== 0) return [];
  const windows = trace.slice(window + 1 - length, window + 1);
  const own = accumulated(profiles, behavior, device, windows);
  if (own === undefined) return [];
  const { StatisticalThreshold: statistic } = criteria;
  if (statistic === undefined) return [compares(criteria, own, boundOf(criteria))];
  // Measurements of all devices over the time make the percentiles; none exist where a value is negative.
  const names = [...new Set(windows.flat().map((one) => one.device))];
  const all = names.flatMap((name) => accumulated(profiles, behavior, name, windows) ?? []);
  if (all.some((value) => value < 0)) return [];
  return [compares(criteria, own, percentile(all, statistic.Statistic))];
}

function accumulated(profiles: Profiles, behavior: ProfileBehavior, device: string, windows: Trace) {
  const metric = profiles.metricOf(behavior);
  const parts = windows.map((window) => window.filter((one) => one.device === device)).filter((one) => one.length > 0);
  if (parts.length === 0) return undefined;
  const values = parts.map((happenings) => profiles.values(behavior, happenings)).flat();
  const isCount = /^aws:num-(messages|authorization|connection|disconnects)/.test(metric);
  if (values.length === 0) return isCount ? 0 : undefined;
  if (isCount || /^aws:(all-|message-byte-size)/.test(metric)) return values.reduce((sum, value) => sum + value, 0);
  // Of what is a state and not an amount, the worst that was stated counts against a bound, and the last among others.
  if (behavior.Criteria.StatisticalThreshold !== undefined) return values.at(-1);
  return /^less/.test(behavior.Criteria.ComparisonOperator) ? Math.max(...values) : Math.min(...values);
}

function boundOf({ Value }: Criteria): number {
  return Number(Value?.Count ?? Value?.Number);
}

function compares({ ComparisonOperator }: Criteria, value: number, bound: number): boolean {
  switch (ComparisonOperator) {
    case 'less-than':
      return value < bound;
    case 'less-than-equals':
      return value <= bound;
    case 'greater-than':
      return value > bound;
    case 'greater-than-equals':
      return value >= bound;
    default:
      throw new Error(`not an operator for numbers: ${ComparisonOperator}`);
  }
}

function percentile(values: readonly number[], statistic: string): number {
  const sorted = [...values].sort((one, other) => one - other);
  const share = Number(statistic.slice(1)) / 100;
  // The nearest rank: the first value that so many are at or below.
  return sorted.find((_, index) => (index + 1) / sorted.length >= share - 1e-12) ?? (sorted.at(-1) as number);
}

function isListed({ ComparisonOperator, Value = {} }: Criteria, value: string | number): boolean {
  const { Cidrs, Ports, Numbers, Strings } = Value;
  const listed =
    Cidrs === undefined ? [Ports, Numbers, Strings].some((list) => has(list, value)) : inCidrs(Cidrs, value);
  return ComparisonOperator.startsWith('not-') ? !listed : listed;
}

function has(list: readonly (string | number)[] | undefined, value: string | number): boolean {
  return list?.includes(value) === true;
}

function inCidrs(cidrs: readonly string[], value: string | number): boolean {
  const family = (address: string) => (isIPv4(address) ? 'ipv4' : 'ipv6');
  const address = String(value);
  return cidrs.some((cidr) => {
    const [base = '', prefix] = cidr.split('/');
    if (family(base) !== family(address)) return false;
    const list = new BlockList();
    list.addSubnet(base, Number(prefix), family(base));
    return list.check(address, family(address));
  });
}

/** The profiles of a template, with the dimensions and custom metrics that they refer to. */
class Profiles {
  public readonly behaviors: readonly ProfileBehavior[];

  constructor(private readonly template: Template) {
    this.behaviors = Object.values(template.Resources)
      .filter(({ Type }) => Type === 'AWS::IoT::SecurityProfile')
      .flatMap(({ Properties }) => (Properties as { Behaviors?: ProfileBehavior[] }).Behaviors ?? [])
      // Nobody outside knows the model of a learned one.
      .filter(({ Criteria }) => !('MlDetectionConfig' in Criteria));
  }

  public metricOf({ Metric }: ProfileBehavior): string {
    return typeof Metric === 'string' ? Metric : (this.referred(Metric) as { MetricName: string }).MetricName;
  }

  /** The numbers that happenings have of a metric. */
  public values(behavior: ProfileBehavior, happenings: readonly Happening[]): number[] {
    const metric = this.metricOf(behavior);
    const applies = this.topicTest(behavior);
    const stats = { 'all-bytes-out': 'bytes_out', 'all-bytes-in': 'bytes_in' } as Record<string, string>;
    Object.assign(stats, { 'all-packets-out': 'packets_out', 'all-packets-in': 'packets_in' });
    return happenings.flatMap((one) => {
      const { device, sent = [], received = [], denied = [], attempts = [], disconnects = 0, reports = [] } = one;
      const ones = (items: readonly { readonly topic: string }[]) =>
        items.filter(({ topic }) => applies(topic, device)).map(() => 1);
      switch (metric) {
        case 'aws:num-messages-sent':
          return ones(sent);
        case 'aws:num-messages-received':
          return ones(received.map((topic) => ({ topic })));
        case 'aws:num-authorization-failures':
          return ones(denied);
        case 'aws:message-byte-size':
          return sent.filter(({ topic }) => applies(topic, device)).map(({ bytes }) => bytes);
        case 'aws:num-connection-attempts':
          return attempts.map(() => 1);
        case 'aws:num-disconnects':
          return Array<number>(disconnects).fill(1);
        default:
          return reports.flatMap((report) => numbers(report, metric, stats));
      }
    });
  }

  /** The lists that happenings have of a metric; each is a datapoint. */
  public lists(behavior: ProfileBehavior, happenings: readonly Happening[]): (string | number)[][] {
    const metric = this.metricOf(behavior);
    const applies = this.topicTest(behavior);
    if (metric !== 'aws:source-ip-address')
      return happenings.flatMap(({ reports = [] }) => reports.flatMap((report) => listed(report, metric)));
    const addresses = happenings.flatMap(({ device, sent = [], attempts = [] }) => [
      ...sent.flatMap(({ topic, address }) => (address !== undefined && applies(topic, device) ? [address] : [])),
      ...(behavior.MetricDimension === undefined ? attempts : []).flatMap(({ address, failed }) =>
        failed ? [] : [address],
      ),
    ]);
    return addresses.length === 0 ? [] : [addresses];
  }

  private topicTest({ MetricDimension: scope }: ProfileBehavior): (topic: string, device: string) => boolean {
    if (scope === undefined) return () => true;
    const { StringValues } = this.referred(scope.DimensionName) as { StringValues: string[] };
    const isIn = scope.Operator !== 'NOT_IN';
    return (topic, device) =>
      StringValues.some((filter) => filterMatches(filter.split('${iot:ClientId}').join(device), topic)) === isIn;
  }

  private referred(value: unknown): unknown {
    return this.template.Resources[(value as { Ref: string }).Ref]?.Properties;
  }
}

type Established = { total?: number; connections?: { remote_addr: string }[] } | undefined;

function numbers({ metrics = {}, custom_metrics: custom = {} }: Report, metric: string, stats: Record<string, string>) {
  const block = (name: string) => metrics[name] as Record<string, unknown> | undefined;
  const established = block('tcp_connections')?.established_connections as Established;
  const known: Record<string, unknown> = {
    'aws:num-listening-tcp-ports': block('listening_tcp_ports')?.total,
    'aws:num-listening-udp-ports': block('listening_udp_ports')?.total,
    'aws:num-established-tcp-connections': established?.total,
  };
  const value = metric.startsWith('aws:')
    ? (known[metric] ?? block('network_stats')?.[stats[metric.slice('aws:'.length)] ?? ''])
    : (custom[metric] as { number?: number }[] | undefined)?.[0]?.number;
  return typeof value === 'number' ? [value] : [];
}

function listed({ metrics = {}, custom_metrics: custom = {} }: Report, metric: string): (string | number)[][] {
  const ports = (name: string) =>
    (metrics[name] as { ports?: { port: number }[] } | undefined)?.ports?.map(({ port }) => port);
  if (metric === 'aws:listening-tcp-ports') return [ports('listening_tcp_ports')].flatMap((one) => (one ? [one] : []));
  if (metric === 'aws:listening-udp-ports') return [ports('listening_udp_ports')].flatMap((one) => (one ? [one] : []));
  if (metric === 'aws:destination-ip-addresses') {
    const established = (metrics.tcp_connections as Record<string, unknown> | undefined)
      ?.established_connections as Established;
    const remote = established?.connections?.map(({ remote_addr }) =>
      remote_addr.slice(0, remote_addr.lastIndexOf(':')),
    );
    return remote === undefined ? [] : [remote];
  }
  const [value] = (custom[metric] ?? []) as Record<string, (string | number)[]>[];
  const list = value?.number_list ?? value?.string_list ?? value?.ip_list;
  return list === undefined ? [] : [list];
}

/**
 * By recursion: `#` is one level or more, which is not MQTT's own rule.
 * https://docs.aws.amazon.com/iot/latest/developerguide/iot-sql-from.html
 */
function filterMatches(filter: string, topic: string): boolean {
  if (topic.startsWith('$') && /^[+#]/.test(filter)) return false;
  return levelsMatch(filter.split('/'), topic.split('/'));
}

function levelsMatch([first, ...filters]: string[], [level, ...levels]: string[]): boolean {
  if (first === undefined || level === undefined) return first === level;
  return first === '#' || ((first === '+' || first === level) && levelsMatch(filters, levels));
}
