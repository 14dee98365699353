/** How many letters must change to make one text of the other. */
export function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const replaced = (row[j] as number) + (a[i] === b[j] ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] as number) + 1, (next[j] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}

/** The candidate that was probably meant; undefined if none is near. */
export function nearest(text: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map((candidate) => ({ candidate, far: distance(text, candidate) }))
    .sort((a, b) => a.far - b.far);
  const [best] = ranked;
  return best !== undefined && best.far <= Math.max(2, text.length / 3) ? best.candidate : undefined;
}

/** Words of a phrase that stand there as they are; capitals, brackets and choices change from step to step. */
function fixedWords(says: string): string[] {
  return says
    .replace(/\[.*?\]/g, '')
    .split(/\s+/)
    .filter((word) => word !== '' && !/^[A-Z]|\|/.test(word));
}

/** The phrase whose words are nearest to those of a step. */
export function nearestPhrase(step: string, phrases: readonly string[]): string | undefined {
  const words = step.split(/\s+/);
  const ranked = phrases
    .map((says) => {
      const fixed = fixedWords(says);
      const cost = fixed.reduce(
        (sum, word) => sum + Math.min(word.length, ...words.map((each) => distance(word, each))),
        0,
      );
      const letters = fixed.join('').length;
      return { says, share: cost / letters, letters };
    })
    .sort((a, b) => a.share - b.share || b.letters - a.letters);
  const [best] = ranked;
  return best !== undefined && best.share <= 0.4 ? best.says : undefined;
}
