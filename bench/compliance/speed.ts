import { check, type CheckResult } from '../../lib/compliance/engine';
import { forgetFound } from '../../lib/compliance/policies/reach';
import { CATALOG } from '../../lib/compliance/rules/catalog';
import { slownessNow } from '../../test/support/cpu';
import { document } from './corpus/sample';

type Resources = { readonly [logicalId: string]: unknown };

export function judge(resources: object): CheckResult {
  return check({
    files: [{ path: 't.json', body: { Resources: resources } }],
    today: '2026-01-01',
    profile: 'baseline',
    accountBaseline: 'elsewhere',
  });
}

/** Resources of every type that the fixes of the rules use, as many as are asked for, each set with ids of its own. */
export function mixed(count: number): Resources {
  const all: [string, unknown][] = [];
  const examples = CATALOG.map(({ example }) => example);
  for (let copy = 0; all.length < count; copy++) {
    const example = examples[copy % examples.length] as Resources;
    const renamed = JSON.parse(rename(JSON.stringify(example), Object.keys(example), copy)) as Resources;
    all.push(...Object.entries(renamed));
  }
  return Object.fromEntries(all.slice(0, count));
}

function rename(text: string, ids: readonly string[], copy: number): string {
  return ids.reduce((all, id) => all.replaceAll(`"${id}"`, `"${id}x${copy}"`), text);
}

/** Policies that are all different. */
function policies(count: number): Resources {
  const lines = [
    '+ Connect client/{thing} ? attached',
    '+ Publish topic/dt/{thing}/*',
    '+ Subscribe topicfilter/cmd/{thing}/#',
    '+ Receive topic/cmd/{thing}/*',
  ];
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `P${i}`,
      {
        Type: 'AWS::IoT::Policy',
        Properties: { PolicyName: `p${i}`, PolicyDocument: document([...lines, `+ Publish topic/shared-${i}`]) },
      },
    ]),
  );
}

export function milliseconds(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** CPU milliseconds, and what they would be on the machine that the bounds are said for. */
interface Taken {
  readonly raw: number;
  readonly scaled: number;
}

/** This machine may get slower or quicker meanwhile, so it is looked at before and after. */
function measure(resources: Resources): Taken {
  const before = slownessNow();
  // What was found for the row before would hide what it takes.
  forgetFound();
  const raw = milliseconds(() => judge(resources));
  return { raw, scaled: (raw * 2) / (before + slownessNow()) };
}

function table(what: string, counts: readonly number[], make: (count: number) => Resources): Taken[] {
  console.log(`\n| ${what} | CPU ms | µs for one | CPU ms on the machine of the bounds |\n| --- | --- | --- | --- |`);
  return counts.map((count) => {
    const taken = measure(make(count));
    const { raw, scaled } = taken;
    console.log(`| ${count} | ${raw.toFixed(0)} | ${((raw * 1000) / count).toFixed(0)} | ${scaled.toFixed(0)} |`);
    return taken;
  });
}

/** A resource among eight times as many may cost so much more: collecting garbage and a busy machine are in it. */
const MAX_GROWTH = 2;

/** Prints the tables, and returns which bounds do not hold. The first row of each is paid by loading and compiling. */
function misses(): string[] {
  const [, small, , , large] = table('resources of every kind, all rules', [500, 500, 1_000, 2_000, 4_000], mixed);
  const [, , all] = table('policies, all rules', [500, 2_000, 10_000], policies);
  const growth = large!.scaled / small!.scaled / 8;
  console.log(`\na resource among 4000 costs ${growth.toFixed(2)} times one among 500`);
  return [
    ...(small!.scaled < 1_000 ? [] : ['500 resources take a second or more']),
    ...(all!.scaled < 10_000 ? [] : ['10,000 policies take ten seconds or more']),
    ...(growth < MAX_GROWTH ? [] : [`a resource among 4000 costs more than ${MAX_GROWTH} times one among 500`]),
  ];
}

const TRIES = 3;

/** Prints the tables, and returns which bounds do not hold: what is over one each of three times is. */
export function measureSpeed(): string[] {
  let over = misses();
  for (let tries = 1; tries < TRIES && over.length > 0; tries++) {
    console.log(`\nOnce more: ${over.join('; ')}`);
    const again = misses();
    over = over.filter((each) => again.includes(each));
  }
  return over;
}
