import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a proof by clients of others found. Each check is a line; one that does not hold makes the command fail. */
export class Checks {
  private failed = 0;
  private held = 0;

  constructor(private readonly command: string) {}

  public that(what: string, holds: boolean, instead = ''): void {
    if (holds) this.held++;
    else this.failed++;
    console.log(holds ? `  holds  ${what}` : `  FAILS  ${what}${instead === '' ? '' : `: ${instead}`}`);
  }

  public end(of: string): void {
    console.log(`${this.command}: ${this.held} of ${this.held + this.failed} checks hold for ${of}`);
    if (this.failed > 0 || this.held === 0) process.exitCode = 1;
  }
}

/** Says that nothing was proved, and why. */
export function skipped(command: string, missing: string): void {
  console.log(`${command} SKIPPED: ${missing}`);
}

/** The first line that a program says about itself; undefined where it is not installed. */
export function versionOf(program: string, ...args: string[]): string | undefined {
  const { error, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  return error === undefined ? `${stdout}${stderr}`.split('\n', 1)[0] : undefined;
}

/** A folder that is gone when the work is done. */
export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'rehearsal-proof-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface Ran {
  /** -1: it did not end by itself. */
  readonly code: number;
  readonly output: string;
}

/** A program that runs until it ends, or until it is stopped. */
export class Running {
  public output = '';
  public readonly ended: Promise<Ran>;
  private readonly child: ChildProcess;

  constructor(
    program: string,
    args: readonly string[],
    options: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string; readonly limitMs?: number } = {},
  ) {
    const { limitMs = 30_000, ...rest } = options;
    this.child = spawn(program, args, { ...rest, stdio: ['ignore', 'pipe', 'pipe'] });
    let isLate = false;
    const limit = setTimeout(() => {
      isLate = true;
      this.child.kill('SIGKILL');
    }, limitMs);
    const hear = (chunk: Buffer): void => {
      this.output += chunk.toString();
    };
    this.child.stdout?.on('data', hear);
    this.child.stderr?.on('data', hear);
    this.ended = new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('close', (code) => {
        clearTimeout(limit);
        resolve({ code: isLate ? -1 : (code ?? -1), output: this.output });
      });
    });
  }

  public async stop(): Promise<Ran> {
    this.child.kill();
    return this.ended;
  }
}
