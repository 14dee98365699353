import { identityOf, suppression } from '../../../lambda/adopt-account-settings/suppression';
import { suppressionProperties } from './properties';

const KEY = 'suppression:["LOGGING_DISABLED_CHECK",{"account":"111122223333"}]';
const IDENTITY = { checkName: 'LOGGING_DISABLED_CHECK', resourceIdentifier: { account: '111122223333' } };

test('wants one finding suppressed, whatever another says about it', () => {
  expect(suppression.parse(suppressionProperties())).toEqual({
    ok: true,
    value: {
      wants: { [KEY]: JSON.stringify({ expirationDate: 1798761600, description: 'being set up' }) },
      replace: true,
    },
  });
  expect(identityOf(KEY)).toEqual(IDENTITY);
});

test('wants it for good where it says no date', () => {
  const parsed = suppression.parse(suppressionProperties({ ExpirationDate: undefined }));
  expect(parsed.ok && parsed.value.wants).toEqual({
    [KEY]: JSON.stringify({ suppressIndefinitely: true, description: 'being set up' }),
  });
});

test('the order of the parts of a resource does not matter', () => {
  const parts = { policyName: 'p', policyVersionId: '1' };
  const reversed = { policyVersionId: '1', policyName: 'p' };
  const keys = [parts, reversed].map((policyVersionIdentifier) => {
    const parsed = suppression.parse(suppressionProperties({ ResourceIdentifier: { policyVersionIdentifier } }));
    return parsed.ok ? Object.keys(parsed.value.wants) : [];
  });
  expect(keys[0]).toEqual(keys[1]);
});

test.each([
  ['a check', { CheckName: '' }, 'CheckName must be a text'],
  ['a resource', { ResourceIdentifier: {} }, 'ResourceIdentifier must name one resource'],
  [
    'one resource',
    { ResourceIdentifier: { account: '1', clientId: '2' } },
    'ResourceIdentifier must name one resource',
  ],
  ['a reason', { Reason: undefined }, 'Reason must be a text'],
  ['a date in seconds', { ExpirationDate: '2027-01-01' }, 'ExpirationDate must be in seconds'],
  ['a date this side of the year 30,000', { ExpirationDate: '1234567890123' }, 'ExpirationDate must be in seconds'],
])('fails without %s', (_name, options, reason) => {
  expect(suppression.parse(suppressionProperties(options))).toEqual({ ok: false, reason });
});

test('another finding is another version, another reason is not', () => {
  const version = (options: object): string => {
    const parsed = suppression.parse(suppressionProperties({ ...options }));
    return parsed.ok ? suppression.version(parsed.value) : '';
  };
  expect(version({ Reason: 'other' })).toBe(version({}));
  expect(version({ CheckName: 'OTHER_CHECK' })).not.toBe(version({}));
});

test('reads what the account has', () => {
  const state = { a: { expirationDate: 1, suppressIndefinitely: false, description: 'x' }, b: undefined };
  expect(suppression.flatten(state)).toEqual({
    a: JSON.stringify({ expirationDate: 1, description: 'x' }),
    b: undefined,
  });
});

test('the template decides, save against another stack that is there', () => {
  expect(suppression.rule(KEY, 'ours', { [KEY]: 'theirs' }, true)).toBe('ours');
  expect(suppression.rule(KEY, 'ours', { [KEY]: 'theirs' }, false)).toBe('theirs');
  expect(suppression.rule(KEY, 'ours', {}, false)).toBe('ours');
});

test('nothing waits, each finding goes by itself, and no role is passed', () => {
  expect(suppression.defer(KEY)).toBe(false);
  expect(suppression.group(KEY)).toBe(KEY);
  expect(suppression.passesRole(KEY)).toBe(false);
});

describe('calls', () => {
  const value = { expirationDate: 1_000, description: 'x' };
  const change = { [KEY]: JSON.stringify(value) };

  test('create where there is none and update where there is one', () => {
    expect(suppression.steps({}, change, 999)).toEqual({
      steps: [{ call: { kind: 'create', identity: IDENTITY, value } }],
      cannot: [],
    });
    expect(suppression.steps({ [KEY]: {} }, change, 999).steps).toEqual([
      { call: { kind: 'update', identity: IDENTITY, value } },
    ]);
  });

  test('delete what is not to be, and what would have ended', () => {
    const deletion = { steps: [{ call: { kind: 'delete', identity: IDENTITY } }], cannot: [] };
    expect(suppression.steps({ [KEY]: {} }, { [KEY]: null }, 0)).toEqual(deletion);
    expect(suppression.steps({ [KEY]: {} }, change, 1_000)).toEqual(deletion);
  });

  test('bring back what has no end', () => {
    const forGood = { suppressIndefinitely: true };
    expect(suppression.steps({}, { [KEY]: JSON.stringify(forGood) }, 9e9).steps).toEqual([
      { call: { kind: 'create', identity: IDENTITY, value: forGood } },
    ]);
  });
});
