import { check, type CheckResult } from '../../lib/compliance/engine';
import { forgetFound } from '../../lib/compliance/policies/reach';
import { CATALOG } from '../../lib/compliance/rules/catalog';
import { slowness } from '../../test/support/cpu';
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

/** CPU milliseconds of each count. */
function table(what: string, counts: readonly number[], make: (count: number) => Resources): number[] {
  console.log(`\n| ${what} | CPU ms | µs for one |\n| --- | --- | --- |`);
  return counts.map((count) => {
    const resources = make(count);
    // What was found for the row before would hide what it takes.
    forgetFound();
    const ms = milliseconds(() => judge(resources));
    console.log(`| ${count} | ${ms.toFixed(0)} | ${((ms * 1000) / count).toFixed(0)} |`);
    return ms;
  });
}

/** A resource among eight times as many may cost so much more: collecting garbage and a busy machine are in it. */
const MAX_GROWTH = 2;

/** Prints the tables, and returns which bounds do not hold. The first row of each is paid by loading and compiling. */
export function measureSpeed(): string[] {
  const [, small = 0, , , large = 0] = table(
    'resources of every kind, all rules',
    [500, 500, 1_000, 2_000, 4_000],
    mixed,
  );
  const [, , all = 0] = table('policies, all rules', [500, 2_000, 10_000], policies);
  const growth = large / small / 8;
  console.log(`\na resource among 4000 costs ${growth.toFixed(2)} times one among 500`);
  // The bounds are those of the machine that they were found on.
  const seconds = slowness() * 1_000;
  return [
    ...(small < seconds ? [] : ['500 resources take a second or more']),
    ...(all < 10 * seconds ? [] : ['10,000 policies take ten seconds or more']),
    ...(growth < MAX_GROWTH ? [] : ['the time is not linear in the resources']),
  ];
}
