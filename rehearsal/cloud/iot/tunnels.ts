import type { Need } from '../../iam/authorizer';
import { AwsFault } from '../fault';
import { type Input, type Operation, recordOf, textOf } from '../operation';
import { speaking, TargetJson, type WireService } from '../wire';
import { pageOf } from './pages';
import { type IotRegistry, notFound } from './registry';

interface Tunnel {
  readonly tunnelId: string;
  readonly thingName: string;
  readonly services: readonly string[];
  readonly description?: string;
  readonly openedAt: number;
  readonly minutes: number;
  status: 'OPEN' | 'CLOSED';
  closedAt: number;
}

/** Longest life of a tunnel, and what it is where nothing is said. */
const MOST_MINUTES = 720;

/** Secure tunnels, as far as they are opened, told to the device, and closed. Nothing goes through them. */
export class Tunnels {
  private readonly tunnels = new Map<string, Tunnel>();
  public readonly wire: WireService;

  constructor(
    private readonly registry: IotRegistry,
    /** Publishes to devices. */
    private readonly publish: (topic: string, payload: unknown) => void,
  ) {
    const operation = (name: string, needs: (input: Input) => Need, act: (input: Input) => unknown): Operation => ({
      name: `iot:${name}`,
      needs: (input) => [needs(input)],
      act,
    });
    const operations = [
      operation(
        'OpenTunnel',
        (input) => this.opening(input),
        (input) => this.open(input),
      ),
      operation(
        'CloseTunnel',
        (input) => ({
          action: 'iot:CloseTunnel',
          resource: registry.arn(`tunnel/${String(input.tunnelId)}`),
          context: { 'iot:Delete': String(input.delete === true) },
        }),
        (input) => this.close(input),
      ),
      operation(
        'DescribeTunnel',
        ({ tunnelId }) => ({ action: 'iot:DescribeTunnel', resource: registry.arn(`tunnel/${String(tunnelId)}`) }),
        (input) => ({ tunnel: this.view(this.existing(input)) }),
      ),
      operation(
        'ListTunnels',
        () => ({ action: 'iot:ListTunnels', resource: '*' }),
        (input) => this.list(input),
      ),
    ];
    const wire = new TargetJson('IoTSecuredTunneling', '1.1', operations, 'com.amazonaws.iot.securedtunneling');
    this.wire = {
      name: 'iotsecuretunneling',
      signingNames: ['IoTSecuredTunneling'],
      denied: ['AccessDeniedException', 400],
      ...speaking(wire),
      operations,
    };
  }

  public isOpen(thingName: string): boolean {
    return [...this.tunnels.values()].some((tunnel) => tunnel.thingName === thingName && tunnel.status === 'OPEN');
  }

  /** Opens a tunnel, and tells the device: what it hears lets it in, and nobody else hears it. */
  public open(input: Input): { readonly tunnelId: string } & Readonly<Record<string, unknown>> {
    const { thingName, services } = destinationOf(input);
    if (thingName === undefined || services.length === 0)
      throw new AwsFault('ValidationException', 'A thing and a service are required');
    this.registry.existingThing(thingName);
    const random = this.registry.random.fork(`tunnel ${this.tunnels.size}`);
    const tunnelId = random.uuid();
    const minutes = Number(recordOf(input.timeoutConfig).maxLifetimeTimeoutMinutes ?? MOST_MINUTES);
    const { clock, place } = this.registry;
    const openedAt = clock.now();
    const tunnel: Tunnel = {
      tunnelId,
      thingName,
      services,
      description: textOf(input, 'description'),
      openedAt,
      minutes,
      status: 'OPEN',
      closedAt: openedAt + minutes * 60_000,
    };
    this.tunnels.set(tunnelId, tunnel);
    clock.schedule(minutes * 60_000, `tunnel ${tunnelId} ends`, () => void (tunnel.status = 'CLOSED'));
    this.publish(`$aws/things/${thingName}/tunnels/notify`, {
      clientAccessToken: random.hex(64),
      clientMode: 'destination',
      region: place.region,
      services,
    });
    return {
      tunnelId,
      tunnelArn: this.registry.arn(`tunnel/${tunnelId}`),
      sourceAccessToken: random.fork('source').hex(64),
      destinationAccessToken: random.fork('destination').hex(64),
    };
  }

  /** Who may open one can be narrowed to the groups of the thing, and to services. */
  private opening(input: Input): Need {
    const { thingName, services } = destinationOf(input);
    const groups = (thingName === undefined ? undefined : this.registry.thing(thingName))?.groups ?? [];
    const arns = groups.flatMap((name) =>
      this.registry.withAncestors(name).map((group) => this.registry.arn(`thinggroup/${group.thingGroupName}`)),
    );
    return {
      action: 'iot:OpenTunnel',
      resource: this.registry.arn('tunnel/*'),
      context: {
        'iot:ThingGroupArn': arns.length === 0 ? undefined : arns,
        'iot:TunnelDestinationService': services.length === 0 ? undefined : services,
      },
    };
  }

  private close(input: Input): object {
    const tunnel = this.existing(input);
    if (tunnel.status === 'OPEN') tunnel.closedAt = this.registry.clock.now();
    tunnel.status = 'CLOSED';
    if (input.delete === true) this.tunnels.delete(tunnel.tunnelId);
    return {};
  }

  private list(input: Input): object {
    const thingName = textOf(input, 'thingName');
    const found = [...this.tunnels.values()].filter(
      (tunnel) => thingName === undefined || tunnel.thingName === thingName,
    );
    return pageOf(
      'tunnelSummaries',
      found.map((tunnel) => this.view(tunnel)),
      input,
    );
  }

  private view({ tunnelId, thingName, services, description, status, openedAt, closedAt, minutes }: Tunnel): object {
    return {
      tunnelId,
      tunnelArn: this.registry.arn(`tunnel/${tunnelId}`),
      status,
      description,
      createdAt: Math.floor(openedAt / 1_000),
      lastUpdatedAt: Math.floor((status === 'OPEN' ? openedAt : closedAt) / 1_000),
      destinationConfig: { thingName, services },
      timeoutConfig: { maxLifetimeTimeoutMinutes: minutes },
    };
  }

  private existing(input: Input): Tunnel {
    const found = this.tunnels.get(textOf(input, 'tunnelId') ?? '');
    if (found === undefined) throw notFound(`Tunnel ${String(input.tunnelId)}`);
    return found;
  }
}

function destinationOf(input: Input): { readonly thingName?: string; readonly services: readonly string[] } {
  const config = recordOf(input.destinationConfig);
  return {
    thingName: textOf(config, 'thingName'),
    services: Array.isArray(config.services) ? config.services.map(String) : [],
  };
}
