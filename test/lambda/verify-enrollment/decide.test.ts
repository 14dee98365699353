import fc from 'fast-check';
import {
  type Claim,
  decide,
  type Entry,
  type Identity,
  LEASE_MS,
  type Rules,
} from '../../../lambda/verify-enrollment/decide';

const NOW = 1_800_000_000_000;
const MINE = 'aa'.repeat(32);
const OTHER = 'bb'.repeat(32);
const THIRD = 'cc'.repeat(32);
const ONCE: Rules = { oneTimeUse: true, fleetGroup: 'fleet' };
const AGAIN: Rules = { ...ONCE, oneTimeUse: false };
const request = { serial: 'A', certificateId: MINE, claimCertificateId: undefined, clientId: undefined };

const entry = (changes: Partial<Entry> = {}): Entry => ({ listed: true, denied: false, claim: undefined, ...changes });
const claim = (certificateId: string, age = LEASE_MS): Claim => ({ certificateId, at: NOW - age });
const thing = (groups: string[], ...certificateIds: string[]): Identity => ({ groups, certificateIds });

const outcome = (list: Entry | undefined, identity: Identity | undefined, rules: Rules = ONCE) => {
  const decision = decide(request, list, identity, rules, NOW);
  return decision.kind === 'refuse' ? decision.because : decision.kind;
};

describe.each([
  ['one-time', ONCE],
  ['reusable', AGAIN],
])('with %s serials', (_, rules) => {
  test('a listed serial of which there is no thing enrolls', () => {
    expect(decide(request, entry(), undefined, rules, NOW)).toEqual({ kind: 'allow', claim: { previous: undefined } });
  });

  test.each([
    ['unknown', undefined, 'not-listed'],
    ['taken off the list', entry({ listed: false }), 'not-listed'],
    ['taken off the list and denied', entry({ listed: false, denied: true }), 'not-listed'],
    ['denied', entry({ denied: true }), 'denied'],
    ['denied, even for the certificate that was allowed before', entry({ denied: true, claim: claim(MINE) }), 'denied'],
  ])('a serial that is %s does not enroll', (_name, list, because) => {
    expect(outcome(list, undefined, rules)).toBe(because);
  });

  test('nobody else enrolls while a claim is fresh, and then one who knows of it does', () => {
    expect(outcome(entry({ claim: claim(OTHER, 0) }), undefined, rules)).toBe('in-progress');
    expect(outcome(entry({ claim: claim(OTHER, LEASE_MS - 1) }), undefined, rules)).toBe('in-progress');
    expect(decide(request, entry({ claim: claim(OTHER) }), undefined, rules, NOW)).toEqual({
      kind: 'allow',
      claim: { previous: claim(OTHER) },
    });
  });

  test.each([
    ['nothing was made yet', undefined],
    ['the thing is half-made', thing([])],
    ['the thing is enrolled', thing(['fleet'], MINE)],
  ])('a repeated request is allowed again, when %s', (_name, identity) => {
    expect(outcome(entry({ claim: claim(MINE, 0) }), identity, rules)).toBe('repeat');
  });

  test.each([
    ['isolated', thing(['quarantine'], OTHER)],
    ['isolated and stripped of its certificate', thing(['quarantine'])],
    ['in no group, with a certificate of somebody', thing([], THIRD)],
    ['in no group, with its own certificate and that of somebody', thing([], OTHER, THIRD)],
    ['stripped of its certificate while in further groups', thing(['fleet', 'ring-1'])],
  ])('a device that is %s does not enroll its way out', (_name, identity) => {
    expect(outcome(entry({ claim: claim(OTHER) }), identity, rules)).toBe('not-in-fleet');
    expect(outcome(entry({ claim: claim(MINE, 0) }), thing(['quarantine'], MINE), rules)).toBe('not-in-fleet');
  });
});

describe('a thing that is enrolled', () => {
  const enrolled = thing(['ring-1', 'fleet'], OTHER);

  test('keeps its serial, where serials are used once', () => {
    expect(outcome(entry({ claim: claim(OTHER) }), enrolled)).toBe('already-enrolled');
    expect(outcome(entry(), enrolled)).toBe('already-enrolled');
  });

  test('enrolls again, where serials are reusable', () => {
    expect(decide(request, entry({ claim: claim(OTHER, 0) }), enrolled, AGAIN, NOW)).toEqual({
      kind: 'allow',
      claim: { previous: claim(OTHER, 0) },
    });
  });
});

describe('a thing whose registration stopped half-way', () => {
  const halves = [thing([]), thing([], OTHER), thing(['fleet'])];

  test.each(halves)("enrolls without anybody's help, where serials are used once: %p", (identity) => {
    expect(outcome(entry({ claim: claim(OTHER) }), identity)).toBe('allow');
    expect(outcome(entry({ claim: claim(OTHER, 0) }), identity)).toBe('in-progress');
  });

  test.each(halves)('needs help, where serials are reusable: %p', (identity) => {
    expect(outcome(entry({ claim: claim(OTHER) }), identity, AGAIN)).toBe('not-in-fleet');
  });

  test('is not assumed of a thing with a certificate that nobody claimed', () => {
    expect(outcome(entry(), thing([], OTHER))).toBe('not-in-fleet');
  });
});

test('nobody becomes a thing that lives with another certificate, whatever the list says', () => {
  const lists = fc.record({
    listed: fc.boolean(),
    denied: fc.boolean(),
    claim: fc.option(
      fc.record({ certificateId: fc.constantFrom(OTHER, THIRD), at: fc.integer({ min: 0, max: NOW }) }),
      { nil: undefined },
    ),
  });
  const groups = fc.uniqueArray(fc.constantFrom('fleet', 'quarantine', 'ring-1'), { minLength: 1 });
  fc.assert(
    fc.property(lists, groups, fc.boolean(), (list, names, oneTimeUse) => {
      const decision = decide(request, list, thing(names, OTHER), { ...ONCE, oneTimeUse }, NOW);
      if (decision.kind !== 'refuse') {
        expect(oneTimeUse).toBe(false);
        expect(names).toContain('fleet');
      }
    }),
  );
});
