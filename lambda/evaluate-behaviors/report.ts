import { asList, asObject, invalid, type Json, objectIn, type Parsed, valid } from '../shared/incident/text';
import { isCborMap, valueOfCbor } from './cbor';

/** The numbers of a report, by metric; absent is what the device did not report. */
export interface DeviceReport {
  /** Ascending with each report of a device; the same when it is sent again. */
  readonly id: string;
  readonly numbers: Readonly<Record<string, number>>;
  readonly ports: Readonly<Record<string, readonly number[]>>;
  readonly addresses: readonly string[] | undefined;
  readonly custom: Readonly<Record<string, CustomValue>>;
}

/** One value of a custom metric; a device may report a type that the behavior does not expect. */
export interface CustomValue {
  readonly type: 'number' | 'number-list' | 'string-list' | 'ip-address-list';
  readonly number?: number;
  readonly numbers?: readonly number[];
  readonly texts?: readonly string[];
}

const LONGEST = 131_072;
const MOST_ITEMS = 1_000;
const MOST_CUSTOM = 100;
const LONGEST_ITEM = 256;

/**
 * Reads the report that Device Defender's agents send, in JSON or CBOR, in its long or short form. As there: header and at least one
 * of the two blocks are needed, and a malformed part makes the whole report malformed.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/detect-device-side-metrics.html
 */
export function parseReport(data: string): Parsed<DeviceReport> {
  if (data.length > (LONGEST * 4) / 3 + 4) return invalid('report: too long');
  const bytes = Buffer.from(data, 'base64');
  const report = isCborMap(bytes) ? asObject(valueOfCbor(bytes)) : objectIn(bytes.toString('utf8'));
  if (report === undefined) return invalid('report: not an object in JSON or CBOR');
  const header = asObject(either(report, 'header', 'hed'));
  const id = header === undefined ? undefined : either(header, 'report_id', 'rid');
  const version = header === undefined ? undefined : either(header, 'version', 'v');
  if (!Number.isSafeInteger(id) || (id as number) < 0) return invalid('report: no report id');
  if (typeof version !== 'string' || !/^1\.\d{1,4}$/.test(version)) return invalid('report: not version 1');
  const metrics = asObject(either(report, 'metrics', 'met'));
  const custom = asObject(either(report, 'custom_metrics', 'cmet'));
  if (metrics === undefined && custom === undefined) return invalid('report: no metrics');
  const parts = new Parts();
  if (metrics !== undefined) parts.metrics(metrics);
  if (custom !== undefined) parts.customMetrics(custom);
  return parts.malformed ? invalid('report: malformed') : valid({ id: String(id), ...parts.done() });
}

function either(object: Json, long: string, short: string): unknown {
  return own(object, long) ?? own(object, short);
}

function own(object: Json, name: string): unknown {
  return Object.prototype.hasOwnProperty.call(object, name) ? object[name] : undefined;
}

class Parts {
  public malformed = false;
  private readonly numbers = new Map<string, number>();
  private readonly ports = new Map<string, readonly number[]>();
  private readonly custom = new Map<string, CustomValue>();
  private addresses: readonly string[] | undefined;

  public done(): Omit<DeviceReport, 'id'> {
    return {
      numbers: Object.fromEntries(this.numbers),
      ports: Object.fromEntries(this.ports),
      addresses: this.addresses,
      custom: Object.fromEntries(this.custom),
    };
  }

  public metrics(metrics: Json): void {
    this.listening(metrics, ['listening_tcp_ports', 'tp'], 'listening-tcp-ports', 'listening-tcp-port-count');
    this.listening(metrics, ['listening_udp_ports', 'up'], 'listening-udp-ports', 'listening-udp-port-count');
    const stats = this.object(metrics, 'network_stats', 'ns');
    if (stats !== undefined) {
      this.count(stats, 'bytes_in', 'bi', 'bytes-in');
      this.count(stats, 'bytes_out', 'bo', 'bytes-out');
      this.count(stats, 'packets_in', 'pi', 'packets-in');
      this.count(stats, 'packets_out', 'po', 'packets-out');
    }
    const tcp = this.object(metrics, 'tcp_connections', 'tc');
    const established = tcp && this.object(tcp, 'established_connections', 'ec');
    if (established === undefined) return;
    const connections = either(established, 'connections', 'cs');
    const known = this.count(established, 'total', 't', 'established-tcp-connections');
    if (connections === undefined) return;
    const list = this.list(connections);
    if (!known) this.numbers.set('established-tcp-connections', list.length);
    this.addresses = list.flatMap((item) => this.remote(item));
  }

  /** Each value is an array of one object with one field; a bare object is malformed. */
  public customMetrics(metrics: Json): void {
    const entries = Object.entries(metrics);
    if (entries.length > MOST_CUSTOM) this.malformed = true;
    for (const [name, value] of entries.slice(0, MOST_CUSTOM)) {
      const only = Array.isArray(value) && value.length === 1 ? asObject(value[0]) : undefined;
      const parsed = only === undefined ? undefined : this.customValue(only);
      if (parsed === undefined || !/^[a-zA-Z0-9:_-]{1,128}$/.test(name)) this.malformed = true;
      else this.custom.set(name, parsed);
    }
  }

  private customValue(value: Json): CustomValue | undefined {
    const number = own(value, 'number');
    if (number !== undefined) return isNumber(number) ? { type: 'number', number } : undefined;
    const numbers = own(value, 'number_list');
    if (numbers !== undefined)
      return this.all({ type: 'number-list', numbers: this.list(numbers) as number[] }, isNumber);
    const texts = own(value, 'string_list');
    if (texts !== undefined) return this.all({ type: 'string-list', texts: this.list(texts) as string[] }, isText);
    const addresses = own(value, 'ip_list');
    if (addresses === undefined) return undefined;
    return this.all({ type: 'ip-address-list', texts: this.list(addresses) as string[] }, isText);
  }

  private all(value: CustomValue, right: (item: unknown) => boolean): CustomValue | undefined {
    const items = (value.numbers ?? value.texts) as readonly unknown[];
    return items.every(right) ? value : undefined;
  }

  private listening(metrics: Json, [long, short]: readonly [string, string], ports: string, total: string): void {
    const block = this.object(metrics, long, short);
    if (block === undefined) return;
    const known = this.count(block, 'total', 't', total);
    const items = either(block, 'ports', 'pts');
    if (items === undefined) return;
    const list = this.list(items).map((item) => {
      const port = asObject(item) === undefined ? undefined : either(item as Json, 'port', 'pt');
      if (isCount(port) && port <= 65_535) return port;
      this.malformed = true;
      return 0;
    });
    this.ports.set(ports, list);
    if (!known) this.numbers.set(total, list.length);
  }

  private remote(item: unknown): string[] {
    const address = asObject(item) === undefined ? undefined : either(item as Json, 'remote_addr', 'rad');
    // `192.0.2.1:443`, `[2001:db8::1]:443`, `2001:db8::1:443`: what follows the last colon is the port.
    if (isText(address)) return [address.replace(/:\d{1,5}$/, '').replace(/^\[(.*)\]$/, '$1')];
    this.malformed = true;
    return [];
  }

  private object(parent: Json, long: string, short: string): Json | undefined {
    const value = either(parent, long, short);
    const object = asObject(value);
    if (value !== undefined && object === undefined) this.malformed = true;
    return object;
  }

  private list(value: unknown): readonly unknown[] {
    if (!Array.isArray(value) || value.length > MOST_ITEMS) this.malformed = true;
    return asList(value).slice(0, MOST_ITEMS);
  }

  private count(parent: Json, long: string, short: string, metric: string): boolean {
    const value = either(parent, long, short);
    if (value === undefined) return false;
    if (isCount(value)) this.numbers.set(metric, value);
    else this.malformed = true;
    return true;
  }
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isCount(value: unknown): value is number {
  return isNumber(value) && Number.isSafeInteger(value) && value >= 0;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST_ITEM;
}
