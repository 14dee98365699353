import { readFileSync } from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join } from 'node:path';
import { clearTimeout, setTimeout } from 'node:timers';
import { Script } from 'node:vm';
import { MemoryRequest, serviceOf } from './memory-http';

type Handler = (event: unknown, context: object) => Promise<unknown>;
type Load = (...parameters: unknown[]) => void;
/** A call of the function: over a socket, unless it goes to a fake of this process. */
type Outgoing = http.ClientRequest | MemoryRequest;

const PARAMETERS = 'exports, require, module, __filename, __dirname, process, Date, setTimeout, clearTimeout';
const compiled = new Map<string, Load>();

/** Compiled once for all functions that run it. */
function compile(file: string): Load {
  const known = compiled.get(file);
  if (known !== undefined) return known;
  const script = new Script(`(function (${PARAMETERS}) {${readFileSync(file, 'utf8')}\n})`, { filename: file });
  const load = script.runInThisContext() as Load;
  compiled.set(file, load);
  return load;
}

/**
 * A handler as it is deployed, with a time, an environment and connections of its own, so that it can be stopped in the middle
 * like a function that crashes: what it waits for then never comes, and no call leaves it.
 *
 * Its time stands still while it computes or waits for an answer. It goes on from call to call of the function, and over the
 * pauses between two tries of the SDK and over services that never answer, which are soon over: a timer waits for turns of the
 * event loop in which no call will be answered, not for milliseconds. So how busy this machine is decides neither which calls
 * take too long nor what is still remembered.
 */
export class BundledHandler {
  private handler: Handler | undefined;
  private broken: unknown;
  private stopped = false;
  private now = Date.now();
  private readonly calls = new Set<Outgoing>();
  /** Those that will be answered. */
  private readonly open = new Set<Outgoing>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly agents: http.Agent[] = [];

  /**
   * @param name of the handler, or the folder that its bundle was copied to
   * @param speed of its time: with 200, a service that says that it will not answer (`FakeAws`) is waited for 50 turns of the event loop, not ten seconds
   */
  constructor(
    name: string,
    environment: Readonly<Record<string, string>>,
    private readonly speed = 200,
  ) {
    const folder = isAbsolute(name) ? name : join(__dirname, '..', '..', 'dist', 'handlers', name);
    try {
      this.handler = this.load(join(folder, 'index.js'), environment);
    } catch (error) {
      this.broken = error;
    }
  }

  /** Rejects with what the function failed with, as Lambda would report it. */
  public async invoke(event: unknown): Promise<unknown> {
    if (this.handler === undefined) throw this.broken;
    this.now = Math.max(this.now, Date.now());
    const context = { getRemainingTimeInMillis: () => 60_000 };
    try {
      return copy(await this.handler(copy(event), context));
    } catch (error) {
      const { name, message } = error as Error;
      throw new Error(`${name}: ${message}`, { cause: error });
    }
  }

  public stop(): Promise<void> {
    this.stopped = true;
    for (const timer of this.timers) clearTimeout(timer);
    for (const call of this.calls) call.removeAllListeners().on('error', () => undefined);
    for (const agent of this.agents) agent.destroy();
    return Promise.resolve();
  }

  private load(file: string, environment: Readonly<Record<string, string>>): Handler {
    const node = createRequire(__filename);
    const own = Object.create(process, {
      env: { value: { ...environment } },
      stdout: { value: { write: () => true } },
    }) as NodeJS.Process;
    const web = Object.create(http, { request: { value: this.request() }, Agent: { value: this.agent() } }) as object;
    const modules: Record<string, unknown> = { 'node:process': own, 'node:http': web, http: web };
    const module = { exports: {} as { handler: Handler } };
    const require = (name: string): unknown => modules[name] ?? node(name);
    const { setTimeout: set, clearTimeout: clear } = this.timing();
    compile(file)(module.exports, require, module, file, dirname(file), own, this.date(), set, clear);
    return module.exports.handler;
  }

  private date(): DateConstructor {
    const now = (): number => this.now;
    return new Proxy(Date, {
      construct: (target, given: unknown[], self) =>
        Reflect.construct(target, given.length === 0 ? [now()] : given, self) as Date,
      get: (target, name, self) => (name === 'now' ? now : (Reflect.get(target, name, self) as unknown)),
    });
  }

  private timing() {
    return {
      setTimeout: (act: (...rest: unknown[]) => void, delay?: number, ...rest: unknown[]): NodeJS.Timeout => {
        const due = this.now + (delay !== undefined && delay > 0 ? Math.ceil(delay) : 0);
        let turns = (due - this.now) / this.speed;
        const timer = setTimeout(() => {
          if (this.open.size === 0) turns -= 1;
          if (turns > 0) return void timer.refresh();
          this.timers.delete(timer);
          this.now = Math.max(this.now, due);
          act(...rest);
        }, 1);
        if (this.stopped) clearTimeout(timer);
        else this.timers.add(timer);
        return timer;
      },
      clearTimeout: (timer: NodeJS.Timeout): void => {
        this.timers.delete(timer);
        clearTimeout(timer);
      },
    };
  }

  private request() {
    return (...given: unknown[]): Outgoing => {
      if (this.stopped) throw new Error('the function has been stopped');
      const call = outgoing(given);
      for (const set of [this.calls, this.open]) {
        set.add(call);
        call.on('close', () => set.delete(call));
      }
      return call.on('information', () => this.open.delete(call));
    };
  }

  private agent(): typeof http.Agent {
    const { agents } = this;
    return class extends http.Agent {
      constructor(options?: http.AgentOptions) {
        super(options);
        agents.push(this);
      }
    };
  }
}

function outgoing(given: unknown[]): Outgoing {
  const [options, receive] = given as [http.RequestOptions, ConstructorParameters<typeof MemoryRequest>[2]];
  const service = given.length === 2 ? serviceOf(options) : undefined;
  return service === undefined
    ? (http.request as (...parameters: unknown[]) => http.ClientRequest)(...given)
    : new MemoryRequest(service, options, receive);
}

/** What comes of a value on its way into a function or out of it. */
function copy(value: unknown): unknown {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
}
