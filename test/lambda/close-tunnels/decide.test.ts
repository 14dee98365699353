import { decide, type Tunnel } from '../../../lambda/close-tunnels/decide';
import { descriptionOf } from '../../../lambda/open-tunnel/decide';
import type { Incident } from '../../../lambda/shared/incident/incident';

const FIRST = { thing: 'pump-7', episode: 2, look: 1 };
const SECOND = { ...FIRST, look: 2 };
const tunnel = (id: string, values: Partial<Tunnel> = {}): Tunnel => ({
  id,
  isOpen: true,
  description: descriptionOf({ subject: 'pump-7', episode: 2 } as Incident, 'ada', 'look'),
  ...values,
});
const ofOther = (subject: string, episode: number) =>
  descriptionOf({ subject, episode } as Incident, 'ada', 'Incident pump-7, episode 2, for fun');

test('what was opened for the incident is closed, and looked for once more', () => {
  expect(decide(FIRST, [tunnel('a'), tunnel('b')])).toEqual({
    close: ['a', 'b'],
    again: { closing: SECOND, seconds: 60 },
  });
  expect(decide(FIRST, [])).toEqual({ close: [], again: { closing: SECOND, seconds: 60 } });
});

test('after the second look it is done', () => expect(decide(SECOND, [tunnel('a')])).toEqual({ close: ['a'] }));

test.each<[string, Partial<Tunnel>]>([
  ['is closed already', { isOpen: false }],
  ['is of another episode', { description: ofOther('pump-7', 1) }],
  ['is of an episode that begins with the same digit', { description: ofOther('pump-7', 20) }],
  ['is of another device', { description: ofOther('pump-70', 2) }],
  ['somebody else opened', { description: 'my own' }],
])('a tunnel that %s is left alone', (_what, values) => {
  expect(decide(SECOND, [tunnel('a', values)]).close).toEqual([]);
});

test('more than can be closed at once are taken up again at once, in the same look', () => {
  const tunnels = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => tunnel(id));
  expect(decide(FIRST, tunnels)).toEqual({
    close: ['a', 'b', 'c', 'd', 'e'],
    again: { closing: FIRST, seconds: 0 },
  });
  expect(decide(SECOND, tunnels).again).toEqual({ closing: SECOND, seconds: 0 });
  expect(decide(SECOND, tunnels.slice(1))).toEqual({ close: ['b', 'c', 'd', 'e', 'f'] });
});
