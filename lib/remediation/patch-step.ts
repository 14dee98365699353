import { Token } from 'aws-cdk-lib';
import { Problems } from '../internal/problems';
import { quote } from '../internal/quote';
import type { PatchArtifact } from './patch-artifact';

const MAX_NAME = 128;
const INVISIBLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;
const MAX_ARGUMENTS = 50;
/** A file name: a handler lies in the folder that the device's agent was set up with, and nowhere else. */
const HANDLER = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const USER = /^[a-z_][a-z0-9_-]{0,31}$/;

/** How a step is run. */
export interface PatchStepOptions {
  /**
   * User of the device that runs it.
   *
   * @default - the user that the device's agent runs as
   */
  readonly runAsUser?: string;

  /**
   * Whether the following steps are run although this one failed.
   *
   * @default false
   */
  readonly ignoreFailure?: boolean;
}

/** A step that runs a program which is on the device already. */
export interface PatchHandlerOptions extends PatchStepOptions {
  /**
   * Files that the handler is to fetch and check: of each it is given the URL, the SHA-256 and the signature (empty where there
   * is none), in this order, before `args`.
   *
   * @default - the handler needs no file
   */
  readonly artifacts?: PatchArtifact[];

  /**
   * Further arguments: up to 50.
   *
   * @default - none but those of the files
   */
  readonly args?: string[];
}

/**
 * One step of a patch document, in the schema that the AWS IoT Device Client and the managed job templates use.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/job-templates-managed.html
 *
 * @example
 * PatchStep.handler('Restart', 'restart-services.sh', { args: ['telemetry'] });
 */
export class PatchStep {
  /**
   * Runs a program that is on the device, in the folder of its agent's handlers.
   *
   * @param name What the step is called in reports: 1 to 128 characters
   * @param handler File name of the program, without a path
   * @param options What it is given, and who runs it
   */
  public static handler(name: string, handler: string, options: PatchHandlerOptions = {}): PatchStep {
    const problems = problemsOf(name, options);
    if (!Token.isUnresolved(handler) && !HANDLER.test(handler))
      problems.report('PatchStepInvalid', `'handler' must be the name of a file without a path, got ${quote(handler)}`);
    const { artifacts = [], args = [] } = options;
    if (args.length > MAX_ARGUMENTS)
      problems.report('PatchStepInvalid', `'args' can have ${MAX_ARGUMENTS} items, got ${args.length}`);
    checkArguments('args', args, problems);
    problems.throwIfAny();
    const files = artifacts.flatMap(({ url, sha256, signature }) => [url, sha256, signature ?? '']);
    const action = { type: 'runHandler', input: { handler, args: [...files, ...args], path: 'default' } };
    return new PatchStep(name, action, options, artifacts);
  }

  /**
   * Runs a command.
   *
   * @param name What the step is called in reports: 1 to 128 characters
   * @param command The program and its arguments, each an item: 1 to 50
   * @param options Who runs it
   */
  public static command(name: string, command: string[], options: PatchStepOptions = {}): PatchStep {
    const problems = problemsOf(name, options);
    if (command.length < 1 || command.length > MAX_ARGUMENTS || command[0] === '')
      problems.report(
        'PatchStepInvalid',
        `'command' must have a program and up to ${MAX_ARGUMENTS - 1} arguments, got ${command.length} items`,
      );
    if (Token.isUnresolved(command))
      problems.report('PatchStepInvalid', "'command' must be a list that is known at synth; its items may be tokens");
    checkArguments('command', command, problems);
    problems.throwIfAny();
    // The agent splits at commas, and takes one with a backslash before it as it is.
    const text = command.map((item) => item.replace(/,/g, '\\,')).join(',');
    return new PatchStep(name, { type: 'runCommand', input: { command: text } }, options, []);
  }

  private constructor(
    private readonly name: string,
    private readonly action: object,
    private readonly options: PatchStepOptions,
    /** @internal */
    public readonly _artifacts: readonly PatchArtifact[],
  ) {}

  /** @internal */
  public _render(): object {
    const { runAsUser, ignoreFailure } = this.options;
    return {
      action: {
        name: this.name,
        ...this.action,
        runAsUser,
        ...(ignoreFailure === true && { ignoreStepFailure: true }),
      },
    };
  }
}

/** An argument that a program can be started with has no null character. */
function checkArguments(property: string, items: readonly string[], problems: Problems): void {
  for (const [index, item] of items.entries())
    if (/\0|\p{Cs}/u.test(item))
      problems.report(
        'PatchStepInvalid',
        `'${property}[${index}]' must be text in valid Unicode without null characters, got ${quote(item)}`,
      );
}

function problemsOf(name: string, { runAsUser }: PatchStepOptions): Problems {
  const problems = new Problems();
  if (!Token.isUnresolved(name) && (name.length < 1 || name.length > MAX_NAME))
    problems.report('PatchStepInvalid', `'name' must have 1 to ${MAX_NAME} characters, got ${name.length}`);
  else if (!Token.isUnresolved(name) && INVISIBLE.test(name))
    problems.report('PatchStepInvalid', `'name' must be text without control characters, got ${quote(name)}`);
  if (runAsUser !== undefined && !Token.isUnresolved(runAsUser) && !USER.test(runAsUser))
    problems.report(
      'PatchStepInvalid',
      `'runAsUser' must be a user name of lower case letters, digits, '_' and '-', got ${quote(runAsUser)}`,
    );
  return problems;
}
