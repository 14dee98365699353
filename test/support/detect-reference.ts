import { BlockList, isIPv4 } from 'node:net';
import type {
  BehaviorsDocument,
  CompiledBehavior,
  LogRecord,
  MessageRecord,
  PresenceRecord,
  ReportRecord,
  StreamRecord,
} from '../../lambda/evaluate-behaviors/contract';

/**
 * Device Defender's rules as its documentation states them, slowly and without any state: every datapoint is worked out anew from
 * all records. Written apart from the engine, to compare it with; it knows no duplicates, no disorder and no split windows.
 */
export function referenceOf(document: BehaviorsDocument, trace: readonly (readonly StreamRecord[])[]): string[] {
  const devices = [...new Set(trace.flat().map(nameOf))].sort();
  return document.behaviors
    .flatMap((behavior) => devices.flatMap((device) => transitions(behavior, device, trace)))
    .sort();
}

function transitions(
  behavior: CompiledBehavior,
  device: string,
  trace: readonly (readonly StreamRecord[])[],
): string[] {
  const said: string[] = [];
  let alarm = false;
  let streak = 0;
  trace.forEach((_, window) => {
    for (const violated of datapoints(behavior, device, trace, window)) {
      streak = violated === alarm ? 0 : streak + 1;
      if (streak < (alarm ? behavior.datapointsToClear : behavior.datapointsToAlarm)) continue;
      alarm = !alarm;
      streak = 0;
      said.push(`${window} ${device} ${behavior.name} ${alarm ? 'alarm' : 'cleared'}`);
    }
  });
  return said;
}

function datapoints(
  behavior: CompiledBehavior,
  device: string,
  trace: readonly (readonly StreamRecord[])[],
  window: number,
): boolean[] {
  const mine = (trace[window] ?? []).filter((record) => nameOf(record) === device);
  if (isJudgedOneByOne(behavior)) return reports(mine).flatMap((report) => verdict(behavior, report));
  if (behavior.metric === 'source-ip') {
    const addresses = mine.flatMap((record) =>
      record.source === 'presence' && record.ipAddress ? [record.ipAddress] : [],
    );
    return addresses.length === 0 ? [] : [!addresses.every((address) => isNormal(behavior, address))];
  }
  const values = endedValues(behavior, device, trace, window);
  if (behavior.percentile === undefined)
    return values.map((value) => !holds(behavior.operator, value, behavior.threshold ?? NaN));
  const others = [...new Set((trace[window] ?? []).map(nameOf))];
  const all = others.flatMap((other) => endedValues(behavior, other, trace, window)).sort((a, b) => a - b);
  if (all.some((value) => value < 0)) return [];
  const rank = Math.max(1, Math.ceil((Number(behavior.percentile.slice(1)) / 100) * all.length - 1e-9));
  return values.map((value) => !holds(behavior.operator, value, all[rank - 1] as number));
}

/** Values of the windows of the behavior that end with this one, or that a gap kept open until now. */
function endedValues(
  behavior: CompiledBehavior,
  device: string,
  trace: readonly (readonly StreamRecord[])[],
  window: number,
): number[] {
  const parts = (behavior.windowSeconds ?? 300) / 300;
  const index = Math.floor(window / parts);
  const partsOf = (of: number): number[] => Array.from({ length: parts }, (_, part) => of * parts + part);
  const known = (of: number): number[] =>
    partsOf(of).flatMap((at) => (at <= window ? measured(behavior, device, trace[at]) : []));
  if (measured(behavior, device, trace[window]).length === 0 && parts === 1) return [];
  const heard = (trace[window] ?? []).some((record) => nameOf(record) === device);
  if (!heard) return [];
  const ended: number[] = [];
  for (let before = 0; before < index; before += 1) {
    const last = Math.max(...partsOf(before));
    const open =
      known(before).length > 0 && measured(behavior, device, trace[last]).length === 0 && !heardIn(device, trace[last]);
    const since = trace.slice(last + 1, window).some((records) => heardIn(device, records));
    if (open && !since) ended.push(combined(behavior, known(before)));
  }
  if ((window + 1) % parts === 0 && known(index).length > 0) ended.push(combined(behavior, known(index)));
  return ended;
}

function heardIn(device: string, records: readonly StreamRecord[] = []): boolean {
  return records.some((record) => nameOf(record) === device);
}

const CLOUD_COUNTS = [
  'messages-sent',
  'messages-received',
  'authorization-failures',
  'connection-attempts',
  'disconnects',
];

/** What one window of five minutes has of a metric. */
function measured(behavior: CompiledBehavior, device: string, records: readonly StreamRecord[] = []): number[] {
  const mine = records.filter((record) => nameOf(record) === device);
  if (mine.length === 0) return [];
  if (CLOUD_COUNTS.includes(behavior.metric)) return [mine.filter((record) => counts(behavior.metric, record)).length];
  if (behavior.metric === 'message-size') {
    const sizes = mine.flatMap((record) => (isMessage(record) && record.bytes !== undefined ? [record.bytes] : []));
    return sizes.length === 0 ? [] : [combined(behavior, sizes)];
  }
  const values = reports(mine).flatMap((report) => numberIn(behavior, report));
  return values.length === 0 ? [] : [combined(behavior, values)];
}

function counts(metric: string, record: StreamRecord): boolean {
  switch (metric) {
    case 'messages-sent':
      return isMessage(record);
    case 'messages-received':
      return isLog(record) && record.entry.eventType === 'Publish-Out' && record.entry.status === 'Success';
    case 'authorization-failures':
      return isLog(record) && record.entry.status === 'Failure' && record.entry.reason === 'AUTHORIZATION_FAILURE';
    case 'connection-attempts':
      return isPresence(record) && record.eventType !== 'disconnected';
    default:
      return isPresence(record) && record.eventType === 'disconnected';
  }
}

function combined({ metric, operator, percentile, customType }: CompiledBehavior, values: readonly number[]): number {
  const deltas = ['bytes-in', 'bytes-out', 'packets-in', 'packets-out'];
  if (
    CLOUD_COUNTS.includes(metric) ||
    deltas.includes(metric) ||
    (metric === 'message-size' && percentile !== undefined)
  )
    return values.reduce((sum, value) => sum + value, 0);
  if (percentile !== undefined || customType !== undefined) return values.at(-1) as number;
  return operator === 'lessThan' || operator === 'atMost' ? Math.max(...values) : Math.min(...values);
}

function holds(operator: CompiledBehavior['operator'], value: number, bound: number): boolean {
  if (operator === 'lessThan') return value < bound;
  if (operator === 'atMost') return value <= bound;
  return operator === 'greaterThan' ? value > bound : value >= bound;
}

/** Lists, and numbers of which each report has one. */
function isJudgedOneByOne({ metric, customType, percentile }: CompiledBehavior): boolean {
  if (percentile !== undefined || metric === 'source-ip') return false;
  return (
    customType !== undefined ||
    ['listening-tcp-ports', 'listening-udp-ports', 'destination-ips', 'established-tcp-connections'].includes(metric)
  );
}

interface Report {
  readonly metrics?: Record<string, Record<string, unknown>>;
  readonly custom_metrics?: Record<string, Record<string, unknown>[]>;
}

function reports(records: readonly StreamRecord[]): Report[] {
  return records
    .filter((record): record is ReportRecord => record.source === 'report')
    .map(({ data }) => JSON.parse(Buffer.from(data, 'base64').toString('utf8')) as Report);
}

function verdict(behavior: CompiledBehavior, report: Report): boolean[] {
  const values = listIn(behavior, report);
  return values === undefined ? [] : [!values.every((value) => isNormal(behavior, value))];
}

function listIn({ metric, customType }: CompiledBehavior, report: Report): (string | number)[] | undefined {
  if (customType !== undefined) {
    const field = {
      number: 'number',
      'number-list': 'number_list',
      'string-list': 'string_list',
      'ip-address-list': 'ip_list',
    };
    const value = report.custom_metrics?.[metric]?.[0]?.[field[customType]];
    return value === undefined ? undefined : ([value].flat() as (string | number)[]);
  }
  const ports = { 'listening-tcp-ports': 'listening_tcp_ports', 'listening-udp-ports': 'listening_udp_ports' };
  const block = ports[metric as keyof typeof ports];
  if (block !== undefined)
    return (report.metrics?.[block]?.ports as { port: number }[] | undefined)?.map(({ port }) => port);
  const established = report.metrics?.tcp_connections?.established_connections as
    { total?: number; connections?: { remote_addr: string }[] } | undefined;
  if (metric === 'destination-ips')
    return established?.connections?.map(({ remote_addr }) => remote_addr.split(':')[0] ?? '');
  return established?.total === undefined ? undefined : [established.total];
}

function numberIn({ metric, customType }: CompiledBehavior, report: Report): number[] {
  const blocks: Record<string, [string, string]> = {
    'bytes-in': ['network_stats', 'bytes_in'],
    'bytes-out': ['network_stats', 'bytes_out'],
    'packets-in': ['network_stats', 'packets_in'],
    'packets-out': ['network_stats', 'packets_out'],
    'listening-tcp-port-count': ['listening_tcp_ports', 'total'],
    'listening-udp-port-count': ['listening_udp_ports', 'total'],
  };
  if (customType !== undefined)
    return [report.custom_metrics?.[metric]?.[0]?.number].flatMap((value) => (value as number) ?? []);
  if (metric === 'established-tcp-connections') {
    const block = report.metrics?.tcp_connections?.established_connections as { total?: number } | undefined;
    return block?.total === undefined ? [] : [block.total];
  }
  const [block, field] = blocks[metric] ?? ['', ''];
  const value = report.metrics?.[block]?.[field];
  return typeof value === 'number' ? [value] : [];
}

function isNormal(
  { operator, threshold, texts, numbers, metric, customType }: CompiledBehavior,
  value: string | number,
) {
  if (threshold !== undefined) return holds(operator, Number(value), threshold);
  const addresses = metric === 'source-ip' || metric === 'destination-ips' || customType === 'ip-address-list';
  const listed = addresses
    ? inRanges(texts ?? [], String(value))
    : [...(texts ?? []), ...(numbers ?? [])].includes(value);
  return listed === (operator === 'within');
}

function inRanges(ranges: readonly string[], address: string): boolean {
  const list = new BlockList();
  for (const range of ranges) {
    const [base = '', prefix] = range.split('/');
    list.addSubnet(base, Number(prefix), isIPv4(base) ? 'ipv4' : 'ipv6');
  }
  return list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}

const isMessage = (record: StreamRecord): record is MessageRecord => record.source === 'message';
const isLog = (record: StreamRecord): record is LogRecord => record.source === 'log';
const isPresence = (record: StreamRecord): record is PresenceRecord => record.source === 'presence';

function nameOf(record: StreamRecord): string {
  return record.source === 'log' ? record.entry.clientId : record.clientId;
}
