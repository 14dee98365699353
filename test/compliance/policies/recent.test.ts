import { Recent } from '../../../lib/compliance/policies/recent';

function counting(most: number) {
  const recent = new Recent<{ readonly from: string }>(most);
  const made: string[] = [];
  const get = (key: string) =>
    recent.get(key, () => {
      made.push(key);
      return { from: key };
    });
  return { get, made };
}

test('the same is worked out once, and is the same then', () => {
  const { get, made } = counting(3);
  const first = get('a');
  expect(get('b')).toEqual({ from: 'b' });
  expect(get('a')).toBe(first);
  expect(made).toEqual(['a', 'b']);
});

test('as many as it may keep are kept, and with one more it begins anew', () => {
  const { get, made } = counting(3);
  for (const key of ['a', 'b', 'c', 'a', 'b', 'c']) get(key);
  expect(made).toEqual(['a', 'b', 'c']);
  for (const key of ['d', 'd', 'a', 'd']) expect(get(key)).toEqual({ from: key });
  expect(made).toEqual(['a', 'b', 'c', 'd', 'a']);
});

test('what cannot be worked out is not kept', () => {
  const recent = new Recent(3);
  const fail = () => {
    throw new Error('no');
  };
  expect(() => recent.get('a', fail)).toThrow('no');
  expect(recent.get('a', () => ({ is: 1 }))).toEqual({ is: 1 });
});

test('what is forgotten is worked out anew', () => {
  const recent = new Recent<{ readonly is: number }>(3);
  recent.get('a', () => ({ is: 1 }));
  recent.forget();
  expect(recent.get('a', () => ({ is: 2 }))).toEqual({ is: 2 });
});
