import { type Assembly, loadAssembly, type StackSource } from '../assembly/load';
import { AssemblyError } from '../assembly/template';
import { Deployment } from '../deploy/deploy';
import type { Cloud, CloudProps, Connections, DeployedResource, Gap, MessageBus, OutboundMessage } from '../ports';
import { Defender } from './iot/defender';
import type { Place } from './operation';
import { outsideOf } from './outside';
import type { Cloudlike } from './parts';
import { createServices, createWorld } from './services';
import type { World } from './world';

const DEFAULTS = {
  startAt: Date.UTC(2026, 0, 5, 8, 0, 0),
  region: 'eu-west-1',
  account: '123456789012',
  seed: 'rehearsal',
} as const;

/** Partition and domain of a region. */
function placeOf(region: string, account: string): Place {
  if (region.startsWith('cn-')) return { partition: 'aws-cn', region, account, urlSuffix: 'amazonaws.com.cn' };
  return {
    partition: region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws',
    region,
    account,
    urlSuffix: 'amazonaws.com',
  };
}

/**
 * Deploys a cloud assembly into modelled services. Fails with an `AssemblyError` where the assembly is at fault and with a
 * `DeploymentError` where a resource could not be created; nothing is left behind then.
 */
export async function openCloud(props: CloudProps): Promise<RehearsalCloud> {
  const assembly = loadAssembly(props.assembly, props.stacks);
  const { stacks } = assembly;
  checkParameters(assembly, Object.keys(props.parameters ?? {}));
  const first = <T>(pick: (stack: StackSource) => T | undefined) =>
    stacks.map(pick).find((value) => value !== undefined);
  const place = placeOf(
    props.region ?? first(({ region }) => region) ?? DEFAULTS.region,
    props.account ?? first(({ account }) => account) ?? DEFAULTS.account,
  );
  const world = createWorld({ place, seed: props.seed ?? DEFAULTS.seed, startAt: props.startAt ?? DEFAULTS.startAt });
  if (props.onEvent !== undefined) world.events.subscribe(props.onEvent);
  const cloud = new RehearsalCloud(world, assembly, props);
  const { abort } = props;
  try {
    abort?.throwIfAborted();
    await world.gateway.open();
    const missing = new Set<string>();
    for (const stack of stacks) {
      const obstacle = props.withoutDetect === true ? obstacleOf(stack, cloud.deployment, missing) : undefined;
      if (obstacle === undefined) await cloud.deployment.deploy(stack);
      else {
        missing.add(stack.name);
        notInThisAccount(world, stack, obstacle);
      }
      abort?.throwIfAborted();
    }
    await world.clock.settle();
    return cloud;
  } catch (error) {
    await cloud.close();
    throw error;
  }
}

/** Each value that is given is for a parameter: one that is misspelt would leave the default. */
function checkParameters({ stacks, templates }: Assembly, given: readonly string[]): void {
  for (const key of given) {
    const [name = '', stackName] = key.split('.').reverse();
    const stack = stacks.find((each) => each.name === stackName);
    if (stackName !== undefined && stack === undefined)
      throw new AssemblyError(
        `a value is given to parameter ${name} of stack ${stackName}, and the assembly has the stacks ${stacks.map((each) => each.name).join(', ')}`,
      );
    const names = (stack === undefined ? templates : [stack.template]).flatMap((each) =>
      Object.keys(each.Parameters ?? {}),
    );
    if (!names.includes(name))
      throw new AssemblyError(
        `a value is given to a parameter ${name}, and ${stackName === undefined ? 'the assembly' : `stack ${stackName}`} has ${names.length === 0 ? 'no parameters' : `the parameters ${[...new Set(names)].join(', ')}`}`,
      );
  }
}

/** Why a stack cannot be deployed where Detect is closed. */
function obstacleOf(stack: StackSource, deployment: Deployment, missing: ReadonlySet<string>): string | undefined {
  if (deployment.usesDetect(stack)) return 'Device Defender Detect is closed to this account';
  const needed = stack.dependsOn.find((name) => missing.has(name));
  return needed && `it depends on ${needed}, which cannot be deployed`;
}

function notInThisAccount({ events }: World, { name }: StackSource, detail: string): void {
  const who = { kind: 'stack', name } as const;
  events.emit({
    kind: 'deploy',
    who,
    what: `${name} cannot be deployed`,
    stack: name,
    logicalId: name,
    resourceType: 'AWS::IoT::SecurityProfile',
    outcome: 'failed',
    detail,
  });
}

/** A deployed assembly that runs: see `Cloud`. */
export class RehearsalCloud implements Cloud {
  public readonly services: Cloudlike;
  public readonly deployment: Deployment;
  public readonly clock;
  public readonly random;
  public readonly events;
  public readonly registry;
  public readonly provisioning;
  public readonly jobs;
  public readonly shadows;
  public readonly defender;
  public readonly outside;
  public readonly bus: MessageBus;
  public readonly partition: string;
  public readonly region: string;
  public readonly account: string;
  private connections: Connections | undefined;
  private outbound: (message: OutboundMessage) => Promise<void> = () => Promise.resolve();
  private closing: Promise<void> | undefined;
  private readonly abort: AbortSignal | undefined;
  private readonly aborted = (): void => void this.close();

  constructor(
    private readonly world: World,
    assembly: Assembly,
    props: CloudProps,
  ) {
    const { place, clock, random, events } = world;
    this.abort = props.abort;
    this.abort?.addEventListener('abort', this.aborted, { once: true });
    // Rules see what the cloud publishes as they see what devices do.
    const deliver = (message: OutboundMessage) => {
      this.services.rules.ingest(message);
      return clock.busy(this.outbound(message));
    };
    this.services = createServices(world, {
      place,
      seed: props.seed ?? DEFAULTS.seed,
      startAt: clock.now(),
      assets: assembly.assets,
      connections: () => this.connections,
      deliver,
    });
    this.deployment = new Deployment(assembly, this.services, props.parameters ?? {}, props.exports ?? {});
    const { registry, provisioning, jobs, shadows } = this.services;
    this.clock = clock;
    this.random = random;
    this.events = events;
    this.registry = registry;
    this.provisioning = provisioning;
    this.jobs = jobs;
    this.shadows = shadows;
    this.defender = new Defender(registry, (thingName, report) => this.services.detect.report(thingName, report));
    this.partition = place.partition;
    this.region = place.region;
    this.account = place.account;
    this.outside = outsideOf(this.services);
    this.bus = {
      ingest: (message) => {
        this.services.rules.ingest(message);
        return Promise.resolve();
      },
      onOutbound: (receive) => {
        this.outbound = receive;
      },
    };
  }

  public get gaps(): readonly Gap[] {
    return this.deployment.gaps;
  }

  public resources(type?: string): readonly DeployedResource[] {
    const { resources } = this.deployment;
    return type === undefined ? resources : resources.filter((resource) => resource.type === type);
  }

  public outputs(stack: string): Readonly<Record<string, string>> {
    return this.deployment.outputs.get(stack) ?? {};
  }

  public attachBroker(connections: Connections): void {
    this.connections = connections;
  }

  public close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  private async end(): Promise<void> {
    // One signal may be for many stories, each in a cloud of its own.
    this.abort?.removeEventListener('abort', this.aborted);
    this.world.clock.clear();
    await this.services.functions.close();
    await this.world.gateway.close();
  }
}
