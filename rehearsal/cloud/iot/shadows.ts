import { ServiceRefusal, type ShadowService } from '../../ports';
import { AwsFault } from '../fault';
import { type Input, recordOf } from '../operation';
import { pageOf } from './pages';
import type { IotRegistry } from './registry';

type Json = Readonly<Record<string, unknown>>;

interface Shadow {
  readonly desired: Json;
  readonly reported: Json;
  /** When each value was set. */
  readonly metadata: Readonly<Record<(typeof SECTIONS)[number], Json>>;
  readonly version: number;
}

const SECTIONS = ['desired', 'reported'] as const;

const MOST_BYTES = 8_192;
const MOST_LEVELS = 8;
const MOST_TOKEN_BYTES = 64;
/** So long the version of a shadow that was deleted is gone on with. */
const REMEMBERED_MS = 48 * 3_600_000;
const NONE: Shadow = { desired: {}, reported: {}, metadata: { desired: {}, reported: {} }, version: 0 };

/**
 * Device shadows: what is wanted, what is reported, and the difference.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/device-shadow-mqtt.html
 */
export class Shadows implements ShadowService {
  private readonly shadows = new Map<string, Shadow>();
  /** Versions of shadows that were deleted. */
  private readonly deleted = new Map<string, { readonly version: number; readonly at: number }>();

  constructor(
    private readonly registry: IotRegistry,
    private readonly publish: (topic: string, payload: unknown) => void,
  ) {}

  public async get(thingName: string, shadowName?: string): Promise<Json> {
    return asRefusal(() => this.read(thingName, shadowName));
  }

  public async update(thingName: string, shadowName: string | undefined, request: unknown): Promise<Json> {
    return asRefusal(() => this.write(thingName, shadowName, request));
  }

  public async delete(thingName: string, shadowName?: string): Promise<Json> {
    return asRefusal(() => this.remove(thingName, shadowName));
  }

  public read(thingName: string, shadowName?: string): Json {
    return this.view(this.existing(thingName, shadowName));
  }

  public write(thingName: string, shadowName: string | undefined, request: unknown): Json {
    this.registry.existingThing(thingName);
    const { state, version, clientToken } = recordOf(request);
    check(state, clientToken);
    const key = keyOf(thingName, shadowName);
    const known = this.shadows.get(key);
    const before = known ?? { ...NONE, version: this.versionBefore(key) };
    if (version !== undefined && version !== before.version)
      throw new AwsFault('ConflictException', 'Version conflict', 409);
    // No state at all takes back both.
    const change = state === null ? { desired: null, reported: null } : recordOf(state);
    const { desired, reported } = change;
    const timestamp = this.seconds();
    const stamps: Json = Object.fromEntries(
      SECTIONS.filter((section) => section in change).map((section) => [section, stamped(change[section], timestamp)]),
    );
    const after: Shadow = {
      desired: merged(before.desired, desired),
      reported: merged(before.reported, reported),
      metadata: {
        desired: merged(before.metadata.desired, stamps.desired),
        reported: merged(before.metadata.reported, stamps.reported),
      },
      version: before.version + 1,
    };
    if (Buffer.byteLength(JSON.stringify([after.desired, after.reported])) > MOST_BYTES)
      throw new AwsFault('RequestEntityTooLargeException', 'The payload exceeds the maximum size allowed', 413);
    this.shadows.set(key, after);
    const token = clientToken === undefined ? {} : { clientToken };
    this.tell(`${topicOf(thingName, shadowName)}/update`, known, after, { timestamp, ...token });
    const metadata = state === null ? { timestamp } : stamps;
    return { state, metadata, version: after.version, timestamp, ...token };
  }

  /** Who listens hears what is still to be done, and what the update changed. */
  private tell(topic: string, before: Shadow | undefined, after: Shadow, about: Json): void {
    const delta = deltaOf(after);
    if (delta !== undefined) {
      const metadata = partOf(after.metadata.desired, delta);
      this.publish(`${topic}/delta`, { version: after.version, ...about, state: delta, metadata });
    }
    // What stands in the place of a shadow that was not there is not documented.
    const previous = before === undefined ? {} : { previous: documentOf(before) };
    this.publish(`${topic}/documents`, { ...previous, current: documentOf(after), ...about });
  }

  public remove(thingName: string, shadowName?: string): Json {
    const { version } = this.existing(thingName, shadowName);
    const key = keyOf(thingName, shadowName);
    this.shadows.delete(key);
    this.deleted.set(key, { version, at: this.registry.clock.now() });
    return { version, timestamp: this.seconds() };
  }

  /** Names of the shadows of a thing, without the one that has none. */
  public list(input: Input): Json {
    const prefix = keyOf(String(input.thingName));
    const names = [...this.shadows.keys()]
      .filter((key) => key.startsWith(prefix) && key !== prefix)
      .map((key) => key.slice(prefix.length));
    return { ...pageOf('results', names.sort(), input), timestamp: this.seconds() };
  }

  private versionBefore(key: string): number {
    const { version = 0, at = 0 } = this.deleted.get(key) ?? {};
    return this.registry.clock.now() - at > REMEMBERED_MS ? 0 : version;
  }

  private existing(thingName: string, shadowName?: string): Shadow {
    const found = this.shadows.get(keyOf(thingName, shadowName));
    if (found === undefined)
      throw new AwsFault('ResourceNotFoundException', `No shadow exists with name: '${shadowName ?? thingName}'`, 404);
    return found;
  }

  private view(shadow: Shadow): Json {
    const delta = deltaOf(shadow);
    const { state, ...rest } = documentOf(shadow);
    return { state: { ...state, ...(delta !== undefined && { delta }) }, ...rest, timestamp: this.seconds() };
  }

  private seconds(): number {
    return Math.floor(this.registry.clock.now() / 1000);
  }
}

function keyOf(thingName: string, shadowName = ''): string {
  return `${thingName} ${shadowName}`;
}

function topicOf(thingName: string, shadowName?: string): string {
  return `$aws/things/${thingName}/shadow${shadowName === undefined ? '' : `/name/${shadowName}`}`;
}

/** What is refused whatever the shadow is. */
function check(state: unknown, clientToken: unknown): void {
  const refused = (why: string) => new AwsFault('InvalidRequestException', why);
  if (typeof state !== 'object') throw refused('Missing required node: state');
  if (clientToken !== undefined && Buffer.byteLength(String(clientToken)) > MOST_TOKEN_BYTES)
    throw refused('Invalid clientToken');
  for (const section of SECTIONS) {
    const value = recordOf(state)[section];
    if (levelsOf(value) > MOST_LEVELS) throw refused(`A section of a shadow has at most ${MOST_LEVELS} levels`);
    if (hasEmptyElement(value)) throw refused('An array of a shadow cannot hold null');
  }
}

function levelsOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(levelsOf));
}

function hasEmptyElement(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return (Array.isArray(value) && value.includes(null)) || Object.values(value).some(hasEmptyElement);
}

/** A shadow with its sections, of which an empty one is none. */
function documentOf(shadow: Shadow) {
  const sections = SECTIONS.filter((each) => size(shadow[each]));
  const of = (from: Readonly<Record<(typeof SECTIONS)[number], Json>>) =>
    Object.fromEntries(sections.map((each) => [each, from[each]]));
  return { state: of(shadow), metadata: of(shadow.metadata), version: shadow.version };
}

/** Of the times of values, those of the values that are in `shape`. */
function partOf(stamps: Json, shape: Json): Json {
  return Object.fromEntries(
    Object.entries(shape).map(([key, value]) => {
      const stamp = stamps[key];
      return [key, isObject(value) && isObject(stamp) ? partOf(stamp, value) : stamp];
    }),
  );
}

/** The same values with the time in the place of each that is no object. */
function stamped(value: unknown, timestamp: number): unknown {
  if (value === null) return null;
  if (Array.isArray(value)) return value.map((each) => stamped(each, timestamp));
  if (!isObject(value)) return { timestamp };
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, stamped(each, timestamp)]));
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const size = (value: Json) => Object.keys(value).length > 0;

/** Null removes; objects are merged; anything else replaces. */
function merged(before: Json, change: unknown): Json {
  if (change === undefined) return before;
  if (change === null) return {};
  const after: Record<string, unknown> = { ...before };
  for (const [key, value] of Object.entries(recordOf(change))) {
    if (value === null) Reflect.deleteProperty(after, key);
    else if (typeof value === 'object' && !Array.isArray(value)) after[key] = merged(recordOf(before[key]), value);
    else after[key] = value;
  }
  return after;
}

function deltaOf({ desired, reported }: Pick<Shadow, 'desired' | 'reported'>): Json | undefined {
  const delta: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(desired)) {
    if (JSON.stringify(value) === JSON.stringify(reported[key])) continue;
    const nested = isObject(value) && isObject(reported[key]);
    const inner = nested ? deltaOf({ desired: recordOf(value), reported: recordOf(reported[key]) }) : value;
    if (inner !== undefined) delta[key] = inner;
  }
  return size(delta) ? delta : undefined;
}

function asRefusal<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof AwsFault)
      throw new ServiceRefusal(error.status, error.name.replace(/Exception$/, ''), error.message);
    throw error;
  }
}
