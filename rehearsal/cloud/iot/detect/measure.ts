import type { DetectBehavior, Happening, Report } from './profile';

/** Network statistics of a report, by the end of the metric's name. */
const STATISTICS: Readonly<Record<string, string>> = {
  'all-bytes-out': 'bytes_out',
  'all-bytes-in': 'bytes_in',
  'all-packets-out': 'packets_out',
  'all-packets-in': 'packets_in',
};

type Established = { total?: number; connections?: { remote_addr: string }[] } | undefined;

/** The numbers that happenings have of a behavior's metric. */
export function numbersOf(behavior: DetectBehavior, happenings: readonly Happening[]): number[] {
  const applies = topicTest(behavior);
  return happenings.flatMap((one) => {
    const { device, sent = [], received = [], denied = [], attempts = [], disconnects = 0, reports = [] } = one;
    const ones = (items: readonly { readonly topic: string }[]) =>
      items.filter(({ topic }) => applies(topic, device)).map(() => 1);
    switch (behavior.metric) {
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
      case 'aws:disconnect-duration':
        return one.offlineMinutes === undefined ? [] : [one.offlineMinutes];
      default:
        return reports.flatMap((report) => reportedNumbers(report, behavior.metric));
    }
  });
}

/** The lists that happenings have of a behavior's metric; each is a datapoint. */
export function listsOf(behavior: DetectBehavior, happenings: readonly Happening[]): (string | number)[][] {
  if (behavior.metric !== 'aws:source-ip-address')
    return happenings.flatMap(({ reports = [] }) =>
      reports.flatMap((report) => reportedLists(report, behavior.metric)),
    );
  const applies = topicTest(behavior);
  const addresses = happenings.flatMap(({ device, sent = [], attempts = [] }) => [
    ...sent.flatMap(({ topic, address }) => (address !== undefined && applies(topic, device) ? [address] : [])),
    ...(behavior.topics === undefined ? attempts : []).flatMap(({ address, failed }) => (failed ? [] : [address])),
  ]);
  return addresses.length === 0 ? [] : [addresses];
}

function reportedNumbers({ metrics = {}, custom_metrics: custom = {} }: Report, metric: string): number[] {
  const block = (name: string) => metrics[name] as Record<string, unknown> | undefined;
  const established = block('tcp_connections')?.established_connections as Established;
  const known: Record<string, unknown> = {
    'aws:num-listening-tcp-ports': block('listening_tcp_ports')?.total,
    'aws:num-listening-udp-ports': block('listening_udp_ports')?.total,
    'aws:num-established-tcp-connections': established?.total,
  };
  const value = metric.startsWith('aws:')
    ? (known[metric] ?? block('network_stats')?.[STATISTICS[metric.slice('aws:'.length)] ?? ''])
    : (custom[metric] as { number?: number }[] | undefined)?.[0]?.number;
  return typeof value === 'number' ? [value] : [];
}

function reportedLists({ metrics = {}, custom_metrics: custom = {} }: Report, metric: string): (string | number)[][] {
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

function topicTest({ topics }: DetectBehavior): (topic: string, device: string) => boolean {
  if (topics === undefined) return () => true;
  const { filters, isIn } = topics;
  return (topic, device) =>
    filters.some((filter) => filterMatches(filter.split('${iot:ClientId}').join(device), topic)) === isIn;
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
