/** The known name that is nearest, if it is near enough to be a slip of the finger. */
export function didYouMean(name: string, known: readonly string[]): string {
  const ranked = known
    .map((candidate) => ({ candidate, distance: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const [nearest] = ranked;
  return nearest !== undefined && nearest.distance <= Math.max(1, Math.floor(nearest.candidate.length / 3))
    ? `. Did you mean '${nearest.candidate}'?`
    : '';
}

/** The known name of which this one is a slip: in its case, or in one letter that is missing, too many, another, or swapped. */
export function slipOf(name: string, known: readonly string[]): string | undefined {
  const given = name.toLowerCase();
  const isSlip = (candidate: string): boolean => {
    const meant = candidate.toLowerCase();
    return meant.length > 3 && (distance(given, meant) <= 1 || isSwapped(given, meant));
  };
  return known.find((candidate) => candidate.toLowerCase() === given) ?? known.find(isSlip);
}

function isSwapped(a: string, b: string): boolean {
  const at = [...a].findIndex((letter, index) => letter !== b[index]);
  return at >= 0 && a.slice(0, at) + (a[at + 1] ?? '') + (a[at] ?? '') + a.slice(at + 2) === b;
}

/** How many letters were left out, put in or exchanged. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      next.push(
        Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)),
      );
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
