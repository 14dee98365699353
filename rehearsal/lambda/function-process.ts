import { type ChildProcess, spawn } from 'node:child_process';
import type { Duplex } from 'node:stream';
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
  /** Told of what each invocation that was answered has written, before its answer is given. */
  readonly onLog?: (text: string) => void;
}

export interface Invocation {
  readonly event: unknown;
  /** Virtual time. */
  readonly at: number;
  readonly timeoutMs: number;
  readonly context: Readonly<Record<string, unknown>>;
}

/** How long it took in virtual time: its pauses, since computing takes none. */
interface Elapsed {
  readonly elapsedMs?: number;
}

export type Answer =
  | ({ readonly kind: 'value'; readonly value: unknown } & Elapsed)
  | ({
      readonly kind: 'error';
      readonly errorType: string;
      readonly errorMessage: string;
      readonly stack?: string;
    } & Elapsed)
  | { readonly kind: 'timeout' };

interface Message {
  readonly id: number;
  readonly elapsedMs: number;
  readonly value?: unknown;
  readonly error?: { readonly errorType: string; readonly errorMessage: string; readonly stack: string };
}

/**
 * What a function may take of real time: more than its own, since a machine that is busy with other things makes no function
 * slower in virtual time, and not for ever, since one that hangs must not hang the rehearsal.
 */
const realLimitOf = (timeoutMs: number): number => Math.min(4 * timeoutMs, 120_000);
const MOST_LOG_BYTES = 200_000;
/** Written after each invocation: an answer has another pipe than the log, and may overtake it. */
const END_OF_LOG = '\n\u0000end of invocation\u0000\n';

/** A process with the pipe that invocations and answers take, one a line. */
interface Running extends ChildProcess {
  readonly pipe: Duplex;
}

/** One function in a process of its own. Invocations run one after another; a process that ends is replaced by the next one. */
export class FunctionProcess {
  private child: Running | undefined;
  private turn: Promise<unknown> = Promise.resolve();
  private count = 0;
  private isClosed = false;
  private output = '';
  /** Written since the last invocation that ended. */
  private rest = '';
  private logEnded: () => void = () => undefined;
  private answered: (message: Message) => void = () => undefined;

  constructor(private readonly props: ProcessProps) {}

  /** What the function has written to its log, whole for each invocation that was answered. */
  public get log(): string {
    return this.output + this.rest;
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
        child.removeListener('exit', onExit);
        resolve(answer);
      };
      const logged = new Promise<void>((ended) => (this.logEnded = ended));
      this.answered = (message) => {
        if (message.id !== id) return;
        const { elapsedMs, value, error } = message;
        const answer: Answer =
          error === undefined ? { kind: 'value', value, elapsedMs } : { kind: 'error', ...error, elapsedMs };
        void logged.then(() => finish(answer));
      };
      const onExit = (code: number | null, signal: string | null): void => {
        this.child = undefined;
        finish({
          kind: 'error',
          errorType: 'Runtime.ExitError',
          errorMessage: `the process ended: ${signal ?? String(code)}`,
        });
      };
      const expire = (): void => {
        child.removeListener('exit', onExit);
        void this.stop().then(() => finish({ kind: 'timeout' }));
      };
      const timer = setTimeout(expire, realLimitOf(timeoutMs));
      child.once('exit', onExit);
      child.pipe.write(`${JSON.stringify({ id, event, at, timeoutMs, context })}\n`);
    });
  }

  private start(now: number): Running {
    const { root, handler, environment, memoryMegabytes, seed, name } = this.props;
    const home = process.cwd();
    const own = { root, handler, memoryMegabytes, seed: `${seed}/${name}`, now, home, endOfLog: END_OF_LOG };
    const settings = JSON.stringify(own);
    const child = spawn(process.execPath, [`--max-old-space-size=${memoryMegabytes}`, '-e', RUNTIME], {
      cwd: root,
      env: { ...environment, REHEARSAL_RUNTIME: settings },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    child.stdout?.setEncoding('utf8').on('data', (text: string) => this.listen(text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => this.keep(text));
    const running = Object.assign(child, { pipe: child.stdio[3] as Duplex });
    this.hear(running.pipe);
    this.keep(this.rest);
    this.rest = '';
    this.child = running;
    return running;
  }

  private hear(pipe: Duplex): void {
    let rest = '';
    pipe.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.answered(JSON.parse(line) as Message);
    });
    // Of a process that has ended, which its exit tells.
    pipe.on('error', () => undefined);
  }

  private listen(text: string): void {
    const parts = (this.rest + text).split(END_OF_LOG);
    this.rest = parts.pop() ?? '';
    for (const part of parts) {
      this.keep(part);
      this.props.onLog?.(part);
      this.logEnded();
    }
  }

  private keep(text: string): void {
    if (this.output.length < MOST_LOG_BYTES) this.output += text;
  }
}
