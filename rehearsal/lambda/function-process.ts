import { type ChildProcess, spawn } from 'node:child_process';
import { RUNTIME } from './runtime';

export interface ProcessProps {
  readonly name: string;
  /** Folder of the code. */
  readonly root: string;
  /** `index.handler`. */
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMegabytes: number;
  readonly seed: string;
  readonly now: number;
}

export interface Invocation {
  readonly event: unknown;
  /** Virtual time. */
  readonly at: number;
  readonly timeoutMs: number;
  readonly context: Readonly<Record<string, unknown>>;
}

export type Answer =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'error'; readonly errorType: string; readonly errorMessage: string; readonly stack?: string }
  | { readonly kind: 'timeout' };

interface Message {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: { readonly errorType: string; readonly errorMessage: string; readonly stack: string };
}

/** Real time is not virtual: a function that hangs must not hang the rehearsal for as long as its own time-out. */
const LONGEST_REAL_MS = 30_000;
const MOST_LOG_BYTES = 200_000;

/** One function in a process of its own. Invocations run one after another; a process that ends is replaced by the next one. */
export class FunctionProcess {
  private child: ChildProcess | undefined;
  private turn: Promise<unknown> = Promise.resolve();
  private count = 0;
  private isClosed = false;
  private output = '';

  constructor(private readonly props: ProcessProps) {}

  /** What the function has written to its log. */
  public get log(): string {
    return this.output;
  }

  public invoke(invocation: Invocation): Promise<Answer> {
    const result = this.turn.then(() => this.run(invocation));
    this.turn = result.catch(() => undefined);
    return result;
  }

  /** Stops it for good: whoever invokes it later gets an error. */
  public close(): Promise<void> {
    this.isClosed = true;
    return this.stop();
  }

  public async stop(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGKILL');
    await gone;
  }

  private run({ event, at, timeoutMs, context }: Invocation): Promise<Answer> {
    if (this.isClosed)
      return Promise.resolve({ kind: 'error', errorType: 'Runtime.Closed', errorMessage: 'the rehearsal has ended' });
    const child = this.child ?? this.start(at);
    const id = ++this.count;
    return new Promise((resolve) => {
      const finish = (answer: Answer): void => {
        clearTimeout(timer);
        child.removeListener('message', onMessage);
        child.removeListener('exit', onExit);
        resolve(answer);
      };
      const onMessage = (message: Message): void => {
        if (message.id !== id) return;
        finish(
          message.error === undefined ? { kind: 'value', value: message.value } : { kind: 'error', ...message.error },
        );
      };
      const onExit = (code: number | null, signal: string | null): void => {
        this.child = undefined;
        finish({
          kind: 'error',
          errorType: 'Runtime.ExitError',
          errorMessage: `the process ended: ${signal ?? String(code)}`,
        });
      };
      const timer = setTimeout(
        () => {
          child.removeListener('exit', onExit);
          void this.stop().then(() => finish({ kind: 'timeout' }));
        },
        Math.min(timeoutMs, LONGEST_REAL_MS),
      );
      child.on('message', onMessage);
      child.once('exit', onExit);
      child.send({ id, event, at, timeoutMs, context });
    });
  }

  private start(now: number): ChildProcess {
    const { root, handler, environment, memoryMegabytes, seed, name } = this.props;
    const settings = JSON.stringify({ root, handler, seed: `${seed}/${name}`, now });
    const child = spawn(process.execPath, [`--max-old-space-size=${memoryMegabytes}`, '-e', RUNTIME], {
      cwd: root,
      env: { ...environment, REHEARSAL_RUNTIME: settings },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const keep = (chunk: Buffer): void => {
      if (this.output.length < MOST_LOG_BYTES) this.output += chunk.toString('utf8');
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    this.child = child;
    return child;
  }
}
