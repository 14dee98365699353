import { ExpectationFailed } from '../actor';
import { Endless } from '../ports';
import type { Rehearsal } from '../rehearsal';
import type { Stage } from './phrases';
import { type Scene, type ScriptedStory, storyOf } from './script';
import { readStep, type Story, StoryError } from './story';

export interface StepResult {
  /** As it was played, with the names and topics that stand in `{...}`; in words where there are none yet. */
  readonly text: string;
  /** In the file; absent in a story that is a program. */
  readonly line?: number;
  readonly outcome: 'met' | 'failed' | 'not reached';
  readonly reason?: string;
}

export interface StoryResult {
  readonly title: string;
  readonly green: boolean;
  readonly steps: readonly StepResult[];
  /** Why a run is red: the step that failed, faults, and what lay on the path and is not modelled. */
  readonly reasons: readonly string[];
}

const PLACEHOLDER = /\{(topic of )?([^}]+)\}/g;
const RUNNER = { kind: 'rehearsal', name: 'story' } as const;

/** Plays a story. The first step that fails ends it: what follows would start from another state than it was written for. */
export async function play(rehearsal: Rehearsal, told: Story | ScriptedStory): Promise<StoryResult> {
  const story = 'steps' in told ? told : storyOf(told, 'story');
  const stage = stageOf(rehearsal, story);
  const run = new Run(rehearsal, stage);
  if (story.script === undefined)
    for (const { text, line, phrase, groups } of story.steps)
      await run.step(text, line, () => phrase.run(stage, groups));
  else await playScript(story, story.script, run, stage);
  const { steps } = run;
  const { faults, gaps, denied } = rehearsal.findings();
  const reasons = [
    ...steps.flatMap(({ text, line, reason }, index) =>
      reason === undefined
        ? []
        : [`${line === undefined ? `step ${index + 1}` : `line ${line}`}, '${text}': ${reason}`],
    ),
    ...(steps.length === 0 ? ['the story has no step'] : []),
    ...denied.map(
      ({ who, decision }) => `${who.name} was denied ${decision?.action ?? ''} on ${decision?.resource ?? ''}`,
    ),
    ...faults.map(({ code, detail }) => `${code}: ${detail}`),
    ...gaps.map(({ subject, meaning }) => `${subject} is not modelled: ${meaning}`),
  ];
  return { title: story.title, green: reasons.length === 0, steps, reasons: [...new Set(reasons)] };
}

/** The steps of a run, and whether one failed. */
class Run {
  public readonly steps: StepResult[] = [];
  public failed = false;

  constructor(
    private readonly rehearsal: Rehearsal,
    private readonly stage: Stage,
  ) {}

  public async step(written: string, line: number | undefined, act: () => unknown): Promise<void> {
    const { events } = this.rehearsal.cloud;
    const text = shown(this.stage, written);
    if (this.failed) return void this.steps.push({ text, line, outcome: 'not reached' });
    events.emit({ kind: 'step', who: RUNNER, what: text, outcome: 'begun' });
    const reason = await outcomeOf(async () => {
      await act();
      await this.rehearsal.quiet();
    });
    this.failed = reason !== undefined;
    const outcome = this.failed ? 'failed' : 'met';
    this.steps.push({ text, line, outcome, reason });
    events.emit({ kind: 'step', who: RUNNER, what: text, outcome, reason });
  }
}

/** Ends a story that is a program after a step that failed. */
class StoryEnded extends Error {}

async function playScript(
  { devices }: Story,
  script: (scene: Scene) => unknown,
  run: Run,
  stage: Stage,
): Promise<void> {
  const names = devices.map(({ name }) => name);
  const known = (name: string): string => {
    if (names.includes(name)) return name;
    throw new StoryError(`no device is called '${name}'; there are ${names.join(', ')}`);
  };
  const scene: Scene = {
    rehearsal: stage.rehearsal,
    device: (name) => stage.device(known(name)),
    step: async (text, act) => {
      await run.step(text, undefined, async () => {
        if (act !== undefined) return act();
        const { phrase, groups } = readStep(text, names);
        return phrase.run(stage, groups);
      });
      if (run.failed) throw new StoryEnded('the step before failed');
    },
  };
  try {
    await script(scene);
  } catch (error) {
    // What goes wrong between two steps fails the story as much as a step that does.
    if (!run.failed)
      await run.step('the story goes on', undefined, () => {
        throw error;
      });
  }
}

/** What has no name or topic yet is said in words. */
function shown(stage: Stage, written: string): string {
  return written.replace(PLACEHOLDER, (whole, topic: string | undefined, name: string) => {
    try {
      return stage.fill(whole);
    } catch (error) {
      if (error instanceof ExpectationFailed) return topic === undefined ? name : `a topic of ${name}`;
      throw error;
    }
  });
}

async function outcomeOf(act: () => Promise<void>): Promise<string | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    const message = messageOf(error);
    return isTold(error) ? message : `it could not be done: ${message}`;
  }
}

/** Errors of other realms, such as of a test runner's, are no instances of ours. */
function messageOf(error: unknown): string {
  const { message } = (error ?? {}) as { readonly message?: unknown };
  return typeof message === 'string' ? message : String(error);
}

/** Whether a message says what was expected: by our words, or by what a program asserts with. */
function isTold(error: unknown): boolean {
  const { name, matcherResult } = (error ?? {}) as { readonly name?: unknown; readonly matcherResult?: unknown };
  const isOurs = [ExpectationFailed, Endless, StoryError].some((kind) => error instanceof kind);
  return isOurs || name === 'AssertionError' || matcherResult !== undefined;
}

function stageOf(rehearsal: Rehearsal, story: Story): Stage {
  const serials = new Map(story.devices.map(({ name, serial }) => [name, serial]));
  const device = (name: string) => rehearsal.device(name, { serial: serials.get(name) });
  return {
    rehearsal,
    device,
    fill: (text) =>
      text.replace(PLACEHOLDER, (_, topic: string | undefined, name: string) =>
        topic === undefined ? device(name).thingName : device(name).ownTopic,
      ),
  };
}
