/**
 * The most things of a certificate whose incidents are read to tell who else is locked out with it. A certificate that more
 * things share is none of a device: what it was, and whether it may be on again, is for a person to say.
 */
export const MOST_TO_ASK = 1_000;

const AT_ONCE = 25;

/** The first answer that there is, in the order of the names; they are asked side by side, some at a time. */
export async function firstOf<T>(
  names: readonly string[],
  ask: (name: string) => Promise<T | undefined>,
): Promise<T | undefined> {
  for (let first = 0; first < names.length; first += AT_ONCE) {
    const answers = await Promise.all(names.slice(first, first + AT_ONCE).map(ask));
    const found = answers.find((answer) => answer !== undefined);
    if (found !== undefined) return found;
  }
  return undefined;
}
