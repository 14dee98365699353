import { check, type CheckResult } from '../../lib/compliance/engine';
import { CATALOG } from '../../lib/compliance/rules/catalog';
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

function table(what: string, counts: readonly number[], make: (count: number) => Resources): void {
  console.log(`\n| ${what} | CPU ms | µs for one |\n| --- | --- | --- |`);
  for (const count of counts) {
    const resources = make(count);
    const ms = milliseconds(() => judge(resources));
    console.log(`| ${count} | ${ms.toFixed(0)} | ${((ms * 1000) / count).toFixed(0)} |`);
  }
}

/** The first row of each table is paid by loading and compiling. */
export function measureSpeed(): void {
  table('resources of every kind, all rules', [500, 500, 1_000, 2_000, 4_000], mixed);
  table('policies, all rules', [500, 2_000, 10_000], policies);
}
