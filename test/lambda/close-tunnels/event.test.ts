import fc from 'fast-check';
import { parseClosing } from '../../../lambda/close-tunnels/event';

const END = {
  source: 'zero-trust-iot',
  'detail-type': 'Incident State Change',
  detail: { state: 'released', thingName: 'pump-7', episode: 3, tunnels: 1 },
};
const MINE = { schema: 'zero-trust-iot/close-tunnels@1', thing: 'pump-7', episode: 3, look: 2 };
const parse = (value: unknown) => parseClosing(JSON.stringify(value));
const withDetail = (values: object) => ({ ...END, detail: { ...END.detail, ...values } });

test.each(['released', 'retired'])('the end of an incident, %s', (state) =>
  expect(parse(withDetail({ state }))).toEqual({ ok: true, value: { thing: 'pump-7', episode: 3, look: 1 } }),
);

test('the word of the function to itself', () =>
  expect(parse(MINE)).toEqual({ ok: true, value: { thing: 'pump-7', episode: 3, look: 2 } }));

test.each<[string, unknown, string]>([
  ['an incident that goes on', withDetail({ state: 'isolated' }), 'closing: the incident is not over'],
  ['an event without a detail', { ...END, detail: 'x' }, 'closing: the incident is not over'],
  ['a certificate', withDetail({ thingName: undefined, certificateId: 'ab' }), 'closing: not of a thing'],
  ['a name that is none', withDetail({ thingName: 'pump 7' }), 'closing: not of a thing'],
  ['no episode', withDetail({ episode: undefined }), 'closing: not of an episode'],
  ['an episode in words', withDetail({ episode: '3' }), 'closing: not of an episode'],
  ['no look', { ...MINE, look: 0 }, 'closing: not of an episode'],
  ['an event of somebody else', { ...END, source: 'aws.iot' }, 'closing: not a schema that is known'],
  ['another event', { ...END, 'detail-type': 'x' }, 'closing: not a schema that is known'],
  ['another schema', { ...MINE, schema: 'zero-trust-iot/release@1' }, 'closing: not a schema that is known'],
  ['a list', [], 'closing: not a JSON object'],
])('refuses %s', (_what, value, reason) => expect(parse(value)).toEqual({ ok: false, reason }));

test('any text at all is read or refused, in fixed words', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
      const parsed = parseClosing(body);
      if (!parsed.ok) expect(parsed.reason).toMatch(/^closing: [a-zA-Z ]+$/);
    }),
  );
});
