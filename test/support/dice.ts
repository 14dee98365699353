/** Numbers that are the same in each run: Vigna's splitmix32. */
export function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

export function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

export function poisson(rate: number, random: () => number): number {
  if (rate > 40) return Math.max(0, Math.round(rate + Math.sqrt(rate) * normal(random)));
  const least = Math.exp(-rate);
  let count = 0;
  for (let product = random(); product > least; product *= random()) count += 1;
  return count;
}
