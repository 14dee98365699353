import { type DefenderService, ServiceRefusal } from '../../ports';
import { recordOf } from '../operation';
import type { Report } from './detect/profile';
import type { IotRegistry } from './registry';

const LEAST_SECONDS_BETWEEN = 300;

/** Takes the reports of devices, and refuses what the service would refuse; the others count for behaviors. */
export class Defender implements DefenderService {
  private readonly last = new Map<string, number>();

  constructor(
    private readonly registry: IotRegistry,
    private readonly accepted: (thingName: string, report: Report) => void,
  ) {}

  public async report(thingName: string, report: unknown): Promise<Readonly<Record<string, unknown>>> {
    const body = recordOf(report);
    const header = recordOf(body.header ?? body.hed);
    const id = header.report_id ?? header.rid;
    const timestamp = this.registry.clock.now();
    const refuse = (code: string, message: string) => new ServiceRefusal(400, code, message);
    if (typeof id !== 'number' || String(header.version ?? header.v) !== '1.0')
      throw refuse('InvalidPayload', 'Malformed metrics report');
    const custom = recordOf(body.custom_metrics ?? body.cmet);
    if (Object.keys(custom).length === 0 && Object.keys(recordOf(body.metrics ?? body.met)).length === 0)
      throw refuse('InvalidPayload', 'The report has no metrics');
    if (Object.values(custom).some((value) => !Array.isArray(value)))
      throw refuse('InvalidPayload', 'Malformed metrics report');
    const before = this.last.get(thingName);
    if (before !== undefined && timestamp - before < LEAST_SECONDS_BETWEEN * 1000)
      throw refuse('Throttled', 'Reports come at least 300 seconds apart');
    this.last.set(thingName, timestamp);
    this.accepted(thingName, inLongNames(body));
    return { thingName, reportId: id, status: 'ACCEPTED', timestamp };
  }
}

/** Names that agents may shorten. */
const LONG_NAMES: Readonly<Record<string, string>> = {
  met: 'metrics',
  cmet: 'custom_metrics',
  tc: 'tcp_connections',
  ec: 'established_connections',
  cs: 'connections',
  rad: 'remote_addr',
  tp: 'listening_tcp_ports',
  up: 'listening_udp_ports',
  pts: 'ports',
  pt: 'port',
  t: 'total',
  ns: 'network_stats',
  bi: 'bytes_in',
  bo: 'bytes_out',
  pi: 'packets_in',
  po: 'packets_out',
};

function inLongNames({ custom_metrics, cmet, metrics, met }: Readonly<Record<string, unknown>>): Report {
  return { metrics: recordOf(long(metrics ?? met)), custom_metrics: recordOf(custom_metrics ?? cmet) };
}

function long(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(long);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [LONG_NAMES[name] ?? name, long(each)]));
}
