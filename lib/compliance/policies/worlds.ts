import { type PolicyStatement, SOME_WORLD, type World } from './document';
import { hasWildcard } from './pattern';

/** The accounts and regions that resources name literally. */
export function worldsOf(statements: readonly PolicyStatement[]): World[] {
  const known = new Map([[keyOf(SOME_WORLD), SOME_WORLD]]);
  const found = new Set<World>();
  const literal = (text: string | undefined, fallback: string): string =>
    text === undefined || text === '' || hasWildcard(text) ? fallback : text;
  for (const resource of statements.flatMap((statement) => [...statement.resources, ...statement.notResources])) {
    const [arn, partition, , region, account, ...rest] = resource.split(':');
    if (arn !== 'arn' || rest.length === 0) continue;
    const world = {
      partition: literal(partition, SOME_WORLD.partition),
      region: literal(region, SOME_WORLD.region),
      account: literal(account, SOME_WORLD.account),
    };
    const same = known.get(keyOf(world)) ?? world;
    known.set(keyOf(world), same);
    found.add(same);
  }
  return found.size === 0 ? [SOME_WORLD] : [...found];
}

function keyOf({ partition, region, account }: World): string {
  return [partition, region, account].join(':');
}
