import type { Connections, DecisionEvent, RehearsalEvent } from '../../../ports';
import type { Happening, Report } from './profile';

type Draft = {
  -readonly [Member in 'sent' | 'received' | 'denied' | 'attempts' | 'reports']-?: NonNullable<
    Happening[Member]
  >[number][];
} & { disconnects: number };

const REQUESTS: Readonly<Record<string, string>> = {
  'iot:Publish': 'publish',
  'iot:RetainPublish': 'publish',
  'iot:Subscribe': 'subscribe',
  'iot:Receive': 'receive',
  'iot:Connect': 'connect',
};

/** Collects what devices do, window by window, from what the broker says. A device is its thing, or else its client id. */
export class Watch {
  private window = new Map<string, Draft>();
  private readonly left = new Map<string, number>();
  private lastDenied: DecisionEvent | undefined;

  constructor(private readonly connections: () => Connections | undefined) {}

  public see(event: RehearsalEvent): void {
    if (event.kind === 'message' && event.clientId !== undefined) {
      const { topic, bytes, clientId, direction } = event;
      const draft = this.of(event.thingName ?? clientId);
      const address = this.connections()?.get(clientId)?.sourceIp;
      if (direction === 'out') draft.received.push(topic);
      else draft.sent.push({ topic, bytes, ...(address !== undefined && { address }) });
    } else if (event.kind === 'connection' && event.clientId !== '') this.connection(event);
    else if (event.kind === 'decision' && !event.decision.allowed) this.denied(event);
  }

  /** A report of the agent on a device, as it came. */
  public report(device: string, report: Report): void {
    this.of(device).reports.push(report);
  }

  /** What happened since the last time. Devices that are connected and do nothing are known to do nothing. */
  public take(now: number): Happening[] {
    for (const { connected, thingName, clientId } of this.connections()?.list() ?? [])
      if (connected) this.of(thingName ?? clientId);
    for (const device of this.left.keys()) this.of(device);
    const taken = [...this.window].map(([device, draft]): Happening => {
      const since = this.left.get(device);
      return { device, ...draft, ...(since !== undefined && { offlineMinutes: (now - since) / 60_000 }) };
    });
    this.window = new Map();
    return taken;
  }

  private connection(event: Extract<RehearsalEvent, { kind: 'connection' }>): void {
    const { thingName, clientId, change, sourceIp: address = '', at } = event;
    const device = thingName ?? clientId;
    const draft = this.of(device);
    if (change === 'disconnected') {
      draft.disconnects++;
      this.left.set(device, at);
    } else {
      draft.attempts.push({ address, failed: change === 'refused' });
      if (change === 'connected') this.left.delete(device);
    }
  }

  private denied(event: DecisionEvent): void {
    const { decision, clientId, thingName, seq } = event;
    const before = this.lastDenied;
    this.lastDenied = event;
    const request = REQUESTS[decision.action];
    if (request === undefined) return;
    // A request that needs two permissions is one failure.
    const isSame = before?.seq === seq - 1 && before.clientId === clientId;
    if (isSame && REQUESTS[before.decision.action] === request) return;
    this.of(thingName ?? clientId).denied.push({ topic: decision.resource.split(/:topic(?:filter)?\//)[1] ?? '' });
  }

  private of(device: string): Draft {
    const known = this.window.get(device);
    if (known !== undefined) return known;
    const made: Draft = { sent: [], received: [], denied: [], attempts: [], reports: [], disconnects: 0 };
    this.window.set(device, made);
    return made;
  }
}
