import { ACCESS_USAGE, runAccess } from './access';
import { CAN_USAGE, runCan } from './can';
import { CHECK_USAGE, runCheck } from './check';
import { Exit, type Terminal, UsageError } from './exit';
import { REHEARSE_USAGE, runRehearse } from './rehearse';
import { runTune, TUNE_USAGE } from './tune';

type Outcome = Exit | Promise<Exit>;
type Command = (argv: readonly string[], terminal: Terminal) => Outcome;

const COMMANDS: { readonly [name: string]: { readonly run: Command; readonly usage: string } } = {
  check: { run: runCheck, usage: CHECK_USAGE },
  can: { run: runCan, usage: CAN_USAGE },
  rehearse: { run: runRehearse, usage: REHEARSE_USAGE },
  tune: { run: runTune, usage: TUNE_USAGE },
  access: { run: runAccess, usage: ACCESS_USAGE },
};

/** Runs a command line. Everything that goes wrong ends as an exit code of 2 with the reason. */
export function main(argv: readonly string[], terminal: Terminal): Outcome {
  const [name = '', ...rest] = argv;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (name === '--version') {
    terminal.out(`${terminal.version}\n`);
    return Exit.OK;
  }
  if (name === '' || name === '--help' || name === 'help') {
    terminal.out(`${allUsage()}\n`);
    return name === '' ? Exit.FAILED : Exit.OK;
  }
  if (command === undefined) {
    terminal.err(`'${name}' is no command\n\n${allUsage()}\n`);
    return Exit.FAILED;
  }
  if (rest.includes('--help')) {
    terminal.out(`${command.usage}\n`);
    return Exit.OK;
  }
  return guarded(() => command.run(rest, terminal), command.usage, terminal);
}

function guarded(run: () => Outcome, usage: string, terminal: Terminal): Outcome {
  try {
    const outcome = run();
    return outcome instanceof Promise ? outcome.catch((error: unknown) => failed(error, usage, terminal)) : outcome;
  } catch (error) {
    return failed(error, usage, terminal);
  }
}

function failed(error: unknown, usage: string, terminal: Terminal): Exit {
  const message = error instanceof Error ? error.message : String(error);
  terminal.err(error instanceof UsageError ? `${message}\n\n${usage}\n` : `could not run: ${message}\n`);
  return Exit.FAILED;
}

function allUsage(): string {
  return Object.values(COMMANDS)
    .map(({ usage }) => usage)
    .join('\n\n');
}
