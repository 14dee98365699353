import { statSync } from 'node:fs';
import type * as command from '../../rehearsal/command';
import { readArguments } from './arguments';
import { Exit, type Terminal, UsageError } from './exit';

export const REHEARSE_USAGE = `zero-trust-iot rehearse ASSEMBLY [--scenario FILE] [--report FILE.html] [--json] [--seed TEXT] [--port N]
    [--stacks NAME,NAME] [--parameters [STACK:]NAME=VALUE]... [--exports NAME=VALUE]...

Deploys a CDK assembly on this machine and plays a story on it: real MQTT clients against a broker with mutual TLS, the
bundled functions, each decision by the policies in the templates. FILE is a story in YAML or TypeScript, the name of a
shipped one, or all of these; without it the loop from enrollment to release is played. All stacks are deployed unless --stacks names some; --parameters are those of
templates, --exports what stacks of other apps export. Exit code: 0 green, 1 red, 2 it could not be done.`;

const OPTIONS = {
  scenario: {},
  report: {},
  json: { flag: true },
  seed: {},
  port: {},
  stacks: { many: true },
  parameters: { many: true },
  exports: { many: true },
};

/** Rehearses an assembly. What it takes is loaded only now: the other commands start without it. */
export async function runRehearse(argv: readonly string[], terminal: Terminal): Promise<Exit> {
  const args = readArguments(argv, OPTIONS);
  const [assembly, ...rest] = args.operands;
  if (assembly === undefined || rest.length > 0) throw new UsageError('name one assembly, such as cdk.out');
  if (statSync(assembly, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new Error(`${assembly} is no folder of an assembly: synthesize one first, such as with 'npx cdk synth'`);
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- a file of its own beside the executable
  const { runRehearsal } = require('../../rehearsal/command') as typeof command;
  const green = await runRehearsal({
    assembly,
    scenario: args.text('scenario'),
    report: args.text('report'),
    json: args.has('json'),
    seed: args.text('seed'),
    port: portOf(args.text('port')),
    stacks: stacksOf(args.texts('stacks')),
    parameters: valuesOf('parameters', args.texts('parameters'), (name) => name.replace(':', '.')),
    exports: valuesOf('exports', args.texts('exports')),
    version: terminal.version,
    out: (text) => terminal.out(text),
    err: (text) => terminal.err(text),
  });
  return green ? Exit.OK : Exit.NO;
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535)
    throw new UsageError(`--port must be a number up to 65535, got '${text}'`);
  return port;
}

function stacksOf(texts: readonly string[]): readonly string[] | undefined {
  const names = texts.flatMap((text) => text.split(',')).filter((name) => name !== '');
  return names.length === 0 ? undefined : names;
}

function valuesOf(
  option: string,
  texts: readonly string[],
  keyOf = (name: string) => name,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
      if (name === undefined || value === undefined)
        throw new UsageError(`--${option} must be NAME=VALUE, got '${text}'`);
      return [keyOf(name), value] as const;
    }),
  );
}
