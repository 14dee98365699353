import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { loadAssembly } from './assembly/load';
import type { RehearsalEvent } from './ports';
import type { Rehearsal } from './rehearsal';
import { rehearse } from './rehearse';
import { htmlReport } from './report/html';
import type { RunRecord } from './report/record';
import { timeline } from './report/timeline';
import { type Fitness, fitnessOf, LACK } from './scenarios/capabilities';
import { isScript, loadScript } from './scenarios/load-script';
import { play } from './scenarios/run';
import { NoStoryError, readStory, type Story, StoryError } from './scenarios/story';
import { nearest } from './scenarios/suggest';

export interface RehearseCommand {
  readonly assembly: string;
  /** File of a story, the name of a shipped one, or `all` of these. */
  readonly scenario?: string;
  /** File that the report is written to. */
  readonly report?: string;
  readonly json: boolean;
  /** See `CloudProps`. */
  readonly stacks?: readonly string[];
  readonly parameters?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, string>>;
  readonly seed?: string;
  readonly port?: number;
  readonly version: string;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

export interface Chosen {
  readonly file: string;
  readonly story: Story;
}

/** The first of which an assembly has what it needs. */
const DEFAULT_STORIES = ['full-loop', 'isolation-loop', 'false-alarm', 'not-its-own', 'unknown-serial'] as const;
const DEFAULT_SEED = 'rehearsal';

/** Plays stories on an assembly and says whether all of them went as they should. Throws where it could not be done. */
export async function runRehearsal(command: RehearseCommand): Promise<boolean> {
  const chosen = await choose(command);
  if (command.report !== undefined) checkReport(command.report);
  const began = Date.now();
  const seed = command.seed ?? DEFAULT_SEED;
  const stories: RunRecord['stories'][number][] = [];
  await interruptible(command.err, async (stage) => {
    for (const { file, story } of chosen) stories.push(await playOne(command, seed, file, story, stage));
  });
  const record: RunRecord = {
    tool: { name: 'zero-trust-iot', version: command.version },
    assembly: command.assembly,
    seed,
    green: stories.every(({ green }) => green),
    tookMs: Date.now() - began,
    stories,
  };
  if (command.report !== undefined) {
    writeFileSync(command.report, htmlReport(record));
    command.err(`the report is in ${command.report}\n`);
  }
  command.out(command.json ? `${JSON.stringify(record, null, 2)}\n` : timeline(record));
  return record.green;
}

/** What is under way, for whoever has to end it. */
interface Stage {
  readonly abort: AbortSignal;
  rehearsal?: Promise<Rehearsal>;
}

/** Each story begins with an account in which nothing but the assembly has been deployed. */
async function playOne(command: RehearseCommand, seed: string, file: string, story: Story, stage: Stage) {
  const { assembly, port, err, stacks, parameters, exports } = command;
  err(`${file}: deploying ${assembly}\n`);
  stage.rehearsal = rehearse(assembly, {
    ...{ seed, port, stacks, parameters, exports },
    abort: stage.abort,
    withoutDetect: story.account === 'without-detect',
  });
  const rehearsal = await stage.rehearsal;
  try {
    const stop = rehearsal.cloud.events.subscribe((event) => progress(event, err));
    const result = await play(rehearsal, story);
    stop();
    return { ...result, file, events: withoutRepeats(rehearsal.cloud.events.all()), gaps: rehearsal.cloud.gaps };
  } finally {
    await rehearsal.close();
  }
}

/** A function that reads page after page says the same for each: once, with how often, is enough. */
function withoutRepeats(events: readonly RehearsalEvent[]): RehearsalEvent[] {
  const kept: { event: RehearsalEvent; times: number }[] = [];
  for (const event of events) {
    const last = kept.at(-1);
    if (last !== undefined && isRepeat(last.event, event)) last.times++;
    else kept.push({ event, times: 1 });
  }
  return kept.map(({ event, times }) => (times === 1 ? event : { ...event, what: `${event.what}, ${times} times` }));
}

function isRepeat(a: RehearsalEvent, b: RehearsalEvent): boolean {
  if (a.kind !== 'call' || b.kind !== 'call' || b.decision?.allowed === false) return false;
  return (
    a.at === b.at && a.what === b.what && a.who.name === b.who.name && a.decision?.resource === b.decision?.resource
  );
}

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Does something that a person may end with Ctrl-C at any moment: it leaves nothing behind then. */
async function interruptible(err: (text: string) => void, act: (stage: Stage) => Promise<void>): Promise<void> {
  const controller = new AbortController();
  const stage: Stage = { abort: controller.signal };
  const cleanUp = async (): Promise<void> => {
    controller.abort();
    // Where the deployment did not come to its end, it has cleaned up after itself.
    const rehearsal = await stage.rehearsal?.catch(() => undefined);
    await rehearsal?.close();
  };
  const interrupted = (signal: NodeJS.Signals): void => {
    err(`\n${signal}: cleaning up\n`);
    void cleanUp().finally(() => process.exit(SIGNALS[signal as keyof typeof SIGNALS]));
  };
  const names = Object.keys(SIGNALS) as (keyof typeof SIGNALS)[];
  for (const name of names) process.once(name, interrupted);
  try {
    await act(stage);
  } finally {
    // What an interruption breaks off fails: the process ends before that is told.
    if (controller.signal.aborted) await new Promise(() => undefined);
    for (const name of names) process.off(name, interrupted);
  }
}

/** Found out before anything runs. */
function checkReport(file: string): void {
  const folder = dirname(resolve(file));
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new Error(`the report cannot be written to ${file}: there is no folder ${folder}`);
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true)
    throw new Error(`the report cannot be written to ${file}: it is a folder`);
}

function progress(event: RehearsalEvent, err: (text: string) => void): void {
  if (event.kind === 'step' && event.outcome === 'begun') err(`  ${event.what}\n`);
}

async function choose({ scenario, assembly, stacks, err }: RehearseCommand): Promise<Chosen[]> {
  const names = readdirSync(storiesFolder())
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => basename(name, '.yaml'));
  if (scenario === undefined) return [chosenFor(assembly, err, stacks)];
  if (scenario === 'all') {
    const fitness = fitnessOf(loadAssembly(assembly, stacks));
    const fit = names.map(shippedStory).filter(({ file, story }) => {
      const lacking = lackingIn(story, fitness);
      if (lacking.length > 0) err(`${file}: skipped, the assembly has ${listed(lacking)}\n`);
      return lacking.length === 0;
    });
    if (fit.length > 0) return fit;
    throw new StoryError('no shipped story can be played on this assembly: write one, and name it with --scenario');
  }
  if (names.includes(scenario)) return [warned(shippedStory(scenario), fitnessOf(loadAssembly(assembly, stacks)), err)];
  if (statSync(scenario, { throwIfNoEntry: false })?.isDirectory() === true)
    throw new StoryError(`${scenario} is a folder: name one story in it`);
  if (existsSync(scenario)) {
    const story = isScript(scenario) ? { file: scenario, story: await loadScript(scenario) } : read(scenario, scenario);
    return [warned(story, fitnessOf(loadAssembly(assembly, stacks)), err)];
  }
  const meant = nearest(scenario, names);
  const hint = meant === undefined ? `shipped are ${names.join(', ')}` : `did you mean the shipped '${meant}'?`;
  throw new StoryError(`${scenario} is no file; ${hint}`);
}

function shippedStory(name: string): Chosen {
  return read(join(storiesFolder(), `${name}.yaml`), `${name}.yaml`);
}

/** The first story that can be played on an assembly; why it is not the whole loop is said. */
export function chosenFor(assembly: string, err: RehearseCommand['err'], names?: readonly string[]): Chosen {
  const stories = DEFAULT_STORIES.map(shippedStory);
  const fitness = fitnessOf(loadAssembly(assembly, names));
  const lacks = stories.map(({ story }) => lackingIn(story, fitness));
  const first = stories[lacks.findIndex((lacking) => lacking.length === 0)];
  const [wanted] = stories;
  if (first === undefined || wanted === undefined)
    throw new NoStoryError(
      `no shipped story can be played: the assembly has ${listed(lacks.at(-1) ?? [])}; write one, and name it with --scenario`,
    );
  if (first !== wanted)
    err(`${wanted.file} cannot be played, the assembly has ${listed(lacks[0] ?? [])}: ${first.file} is instead\n`);
  return first;
}

/** Who names a story gets it played, whatever it needs. */
function warned(chosen: Chosen, fitness: Fitness, err: RehearseCommand['err']): Chosen {
  const lacking = lackingIn(chosen.story, fitness);
  if (lacking.length > 0) err(`${chosen.file} needs what the assembly has not: ${listed(lacking)}\n`);
  return chosen;
}

/** What an assembly has not that a story needs, for a reader. */
function lackingIn({ needs, steps, devices }: Story, { has, serials }: Fitness): readonly string[] {
  const lacking = needs.filter((each) => !has.includes(each)).map((each) => LACK[each]);
  const numbered = new Set<string | undefined>(
    devices.flatMap(({ name, serial }) => (serial === undefined ? [] : [name])),
  );
  const enrolling = new Set(
    steps
      .filter(
        ({ text, groups }) => / enrolls?$/.test(text) && groups.serial === undefined && !numbered.has(groups.device),
      )
      .map(({ groups }) => groups.device),
  ).size;
  if (serials !== undefined && serials < enrolling)
    lacking.push(
      `${serials} serial number${serials === 1 ? '' : 's'} for ${enrolling} device${enrolling === 1 ? '' : 's'}`,
    );
  return lacking;
}

function listed(lacking: readonly string[]): string {
  return lacking.join(' and ');
}

function read(path: string, shown: string): Chosen {
  return { file: shown, story: readStory(readFileSync(path, 'utf8'), shown) };
}

/** Beside the sources, or beside the bundle. */
function storiesFolder(): string {
  const candidates = [join(__dirname, 'scenarios/stories'), join(__dirname, 'stories')];
  const found = candidates.find((folder) => existsSync(folder));
  if (found === undefined) throw new Error('the shipped stories are missing: build the package again');
  return found;
}
