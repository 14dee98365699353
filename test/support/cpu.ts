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
