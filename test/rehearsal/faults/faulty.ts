import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rehearse } from '../../../rehearsal/rehearse';
import { play, type StoryResult } from '../../../rehearsal/scenarios/run';
import { readStory } from '../../../rehearsal/scenarios/story';
import type { Fault, MutableTemplate } from './faults';

const STORIES = join(__dirname, '../../../rehearsal/scenarios/stories');

/** Plays the loop, or another shipped story, on a copy of an assembly into which a fault was put, or on the assembly as it is. */
export async function loopOn(
  assembly: string,
  fault?: Fault,
  story = fault?.story ?? 'full-loop',
): Promise<Pick<StoryResult, 'green' | 'reasons'>> {
  const folder = mkdtempSync(join(tmpdir(), 'rehearsal-fault-'));
  try {
    cpSync(assembly, folder, { recursive: true });
    if (fault !== undefined) putInto(folder, fault);
    const read = readStory(readFileSync(join(STORIES, `${story}.yaml`), 'utf8'), `${story}.yaml`);
    // A template that cannot be deployed is as red as can be.
    const r = await rehearse(folder, { withoutDetect: read.account === 'without-detect' }).catch((error: unknown) =>
      String(error),
    );
    if (typeof r === 'string') return { green: false, reasons: [r] };
    try {
      return await play(r, read);
    } finally {
      await r.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function putInto(folder: string, { make }: Fault): void {
  const named = readdirSync(folder).filter((name) => name.endsWith('.template.json'));
  for (const name of named) {
    const path = join(folder, name);
    const template = JSON.parse(readFileSync(path, 'utf8')) as MutableTemplate;
    const isMain = Object.values(template.Resources).some(({ Type }) => Type === 'AWS::IoT::ProvisioningTemplate');
    if (!isMain) continue;
    make(template);
    writeFileSync(path, JSON.stringify(template));
    return;
  }
  throw new Error('no template of the assembly has a fleet');
}
