/** CPU time of this process, in milliseconds: what others do on the machine does not count. */
function taken(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** What `work` takes on the machine that the bounds of the tests were found on. */
const REFERENCE_MS = 2.5;

function work(): number {
  const parts = '{"key":["one","two"]},'.repeat(4_000).split('"');
  return new Set(parts.map((part, index) => `${part}${index % 1_000}`)).size;
}

let found: number | undefined;

/** How many times as long as on the machine that bounds are said for a piece of work takes on this one, at least once as long. */
export function slowness(): number {
  found ??= Math.max(1, Math.min(...[1, 2, 3, 4, 5].map(() => taken(work))) / REFERENCE_MS);
  return found;
}

/**
 * CPU time that `run` takes, in milliseconds of a machine that all bounds are said for: how slow this one is does not count
 * either, be it old, virtual or without a compiler's optimizations.
 */
export function cpuMs(run: () => void): number {
  return taken(run) / slowness();
}

/** What `largeWork` takes on that machine. */
const LARGE_REFERENCE_MS = 10.5;
const LOOKS = 20;

function largeWork(): number {
  const made = Array.from({ length: 10_000 }, (_, n) => ({ id: `thing-${n}`, of: ['one', `two-${n % 100}`], n }));
  const read = JSON.parse(JSON.stringify(made)) as typeof made;
  return new Map(read.map((each) => [each.of.join(each.id), each])).size;
}

/**
 * How slow this machine is now, for work of seconds: on average over a fifth of a second, as a shared machine is not always
 * equally slow, and with work that fills the caches, as others on it make memory slow before they make anything else slow.
 */
export function slownessNow(): number {
  largeWork();
  const all = Array.from({ length: LOOKS }, () => taken(largeWork)).reduce((sum, ms) => sum + ms, 0);
  return Math.max(1, all / LOOKS / LARGE_REFERENCE_MS);
}
