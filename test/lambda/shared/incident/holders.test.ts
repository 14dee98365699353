import { firstOf } from '../../../../lambda/shared/incident/holders';

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `thing-${index}`);

/** Asks who of the names has an answer, and keeps in which batches they were asked. */
function asking(answers: Readonly<Record<string, string>>) {
  const asked: string[] = [];
  let atOnce = 0;
  let most = 0;
  const ask = async (name: string): Promise<string | undefined> => {
    asked.push(name);
    most = Math.max(most, (atOnce += 1));
    await Promise.resolve();
    atOnce -= 1;
    return answers[name];
  };
  return { ask, asked, most: () => most };
}

test('the first answer by the order of the names counts, however late it is', async () => {
  const late = async (name: string): Promise<string | undefined> => {
    for (let turns = name === 'thing-3' ? 5 : 0; turns > 0; turns -= 1) await Promise.resolve();
    return name === 'thing-3' || name === 'thing-7' ? `of ${name}` : undefined;
  };
  expect(await firstOf(names(20), late)).toBe('of thing-3');
});

test.each([0, 24, 25, 26, 59])('an answer at place %d is found, and nobody is asked twice', async (place) => {
  const { ask, asked } = asking({ [`thing-${place}`]: 'it' });
  expect(await firstOf(names(60), ask)).toBe('it');
  expect(new Set(asked).size).toBe(asked.length);
});

test('no more are asked at once than a few, and none once there is an answer', async () => {
  const { ask, asked, most } = asking({ 'thing-30': 'it' });
  expect(await firstOf(names(1_000), ask)).toBe('it');
  expect(most()).toBe(25);
  expect(asked).toEqual(names(50));
});

test('nobody has an answer, or there is nobody', async () => {
  const { ask, asked } = asking({});
  expect(await firstOf(names(50), ask)).toBeUndefined();
  expect(asked).toHaveLength(50);
  expect(await firstOf([], ask)).toBeUndefined();
});

test('an answer is one also where it says nothing', async () => {
  expect(await firstOf(names(3), (name) => Promise.resolve(name === 'thing-1' ? '' : undefined))).toBe('');
});

test('who cannot be asked is an error, not an answer', async () => {
  const down = new Error('not to be reached');
  await expect(firstOf(names(3), () => Promise.reject(down))).rejects.toBe(down);
});
