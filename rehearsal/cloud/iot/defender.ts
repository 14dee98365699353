import { type DefenderService, ServiceRefusal } from '../../ports';
import { recordOf } from '../operation';
import type { IotRegistry } from './registry';

const LEAST_SECONDS_BETWEEN = 300;

/** Takes the reports of devices, and refuses what the service would refuse. Nothing is evaluated from them. */
export class Defender implements DefenderService {
  private readonly last = new Map<string, number>();

  constructor(private readonly registry: IotRegistry) {}

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
    return { thingName, reportId: id, status: 'ACCEPTED', timestamp };
  }
}
