import { ExpectationFailed } from '../actor';
import { Endless } from '../ports';
import type { Rehearsal } from '../rehearsal';
import type { Stage } from './phrases';
import type { Story } from './story';

export interface StepResult {
  /** As it was played, with the names and topics that stand in `{...}`; in words where there are none yet. */
  readonly text: string;
  readonly line: number;
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
export async function play(rehearsal: Rehearsal, story: Story): Promise<StoryResult> {
  const stage = stageOf(rehearsal, story);
  const { events } = rehearsal.cloud;
  const steps: StepResult[] = [];
  let failed = false;
  for (const { text: written, line, phrase, groups } of story.steps) {
    if (failed) {
      steps.push({ text: shown(stage, written), line, outcome: 'not reached' });
      continue;
    }
    const text = shown(stage, written);
    events.emit({ kind: 'step', who: RUNNER, what: text, outcome: 'begun' });
    const reason = await outcomeOf(async () => {
      await phrase.run(stage, groups);
      await rehearsal.quiet();
    });
    failed = reason !== undefined;
    const outcome = failed ? 'failed' : 'met';
    steps.push({ text, line, outcome, reason });
    events.emit({ kind: 'step', who: RUNNER, what: text, outcome, reason });
  }
  const { faults, gaps, denied } = rehearsal.findings();
  const reasons = [
    ...steps.flatMap(({ text, line, reason }) => (reason === undefined ? [] : [`line ${line}, '${text}': ${reason}`])),
    ...denied.map(
      ({ who, decision }) => `${who.name} was denied ${decision?.action ?? ''} on ${decision?.resource ?? ''}`,
    ),
    ...faults.map(({ code, detail }) => `${code}: ${detail}`),
    ...gaps.map(({ subject, meaning }) => `${subject} is not modelled: ${meaning}`),
  ];
  return { title: story.title, green: reasons.length === 0, steps, reasons: [...new Set(reasons)] };
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
    if (!(error instanceof Error)) throw error;
    const told = error instanceof ExpectationFailed || error instanceof Endless;
    return told ? error.message : `it could not be done: ${error.message}`;
  }
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
