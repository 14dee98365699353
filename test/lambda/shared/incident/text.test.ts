import { orGone } from '../../../../lambda/shared/incident/gone';
import { isCount, isPage } from '../../../../lambda/shared/incident/parse-message';
import { bodyOf, callerOf } from '../../../../lambda/shared/incident/request';
import { asObject, asTime, isCertificateId, isClientId, isThingName } from '../../../../lambda/shared/incident/text';
import { CERTIFICATE, TIME } from './messages';

// What is let through becomes part of ARNs, keys and calls: each rule must hold for the whole text, and for nothing but text.
test.each<[string, (value: unknown) => boolean, unknown[], unknown[]]>([
  [
    'a certificate id',
    isCertificateId,
    [CERTIFICATE],
    [
      `x${CERTIFICATE}`,
      `${CERTIFICATE}x`,
      `${CERTIFICATE}\n`,
      CERTIFICATE.toUpperCase(),
      CERTIFICATE.slice(1),
      [CERTIFICATE],
    ],
  ],
  [
    'a thing name',
    isThingName,
    ['a', 'A:b_c-9', 'a'.repeat(128)],
    ['', 'a b', 'a/b', '*', 'a\n', 'a'.repeat(129), ['a']],
  ],
  [
    'a client id',
    isClientId,
    ['a', 'a/b+#', 'x'.repeat(128)],
    ['', '$a', 'a b', 'ü', 'a\n', 'x'.repeat(129), ['a'], 7],
  ],
  ['a count', isCount, [1, 2 ** 53 - 1], [0, -1, 1.5, '1', NaN, 2 ** 53, null]],
  [
    'a page',
    isPage,
    ['{}', `{"a":"${'x'.repeat(4_088)}"}`],
    [`{"a":"${'x'.repeat(4_089)}"}`, '', '[]', '"a"', 'null', '{', {}, ['{}']],
  ],
])('%s', (_what, is, good, bad) => {
  expect(good.filter((value) => !is(value))).toEqual([]);
  expect(bad.filter((value) => is(value))).toEqual([]);
});

test('a time is milliseconds or an ISO date, within a century', () => {
  expect([TIME, TIME + 0.7, new Date(TIME).toISOString()].map(asTime)).toEqual([TIME, TIME, TIME]);
  const bad = [NaN, Infinity, -1, Date.UTC(2020, 0, 1) - 1, Date.UTC(2100, 0, 1), 'soon', '', null, {}, [TIME], true];
  expect(bad.map(asTime)).toEqual(bad.map(() => undefined));
  expect(asTime(Date.UTC(2020, 0, 1))).toBe(Date.UTC(2020, 0, 1));
});

test('an object is neither a list, a text nor nothing', () => {
  expect(asObject({ a: 1 })).toEqual({ a: 1 });
  expect([[], null, 'a', 1, undefined, () => 1].map(asObject)).toEqual(Array(6).fill(undefined));
});

describe('a request of an HTTP API', () => {
  test('says who IAM took its sender for, and nothing without IAM', () => {
    const signed = { requestContext: { authorizer: { iam: { userArn: 'arn:aws:iam::1:user/ada' } } } };
    expect(callerOf(signed)).toBe('arn:aws:iam::1:user/ada');
    for (const event of [
      {},
      { requestContext: {} },
      { requestContext: { authorizer: {} } },
      { requestContext: { authorizer: { iam: {} } } },
      { requestContext: { authorizer: { jwt: { claims: { userArn: 'me' } } } } },
      { requestContext: { authorizer: { iam: { userArn: '' } } } },
    ])
      expect(callerOf(event)).toBeUndefined();
  });

  test('says so in full, also of a user behind the longest path', () => {
    const userArn = `arn:aws-us-gov:iam::123456789012:user/${'p'.repeat(510)}/${'n'.repeat(64)}`;
    expect(callerOf({ requestContext: { authorizer: { iam: { userArn } } } })).toBe(userArn);
  });

  test('has a body of JSON, plain or in Base64', () => {
    const text = '{"a":"ü"}';
    expect(bodyOf({ body: text })).toEqual({ a: 'ü' });
    expect(bodyOf({ body: Buffer.from(text).toString('base64'), isBase64Encoded: true })).toEqual({ a: 'ü' });
    for (const body of [undefined, null, 7, {}, '', '[]', 'x']) {
      expect(bodyOf({ body })).toBeUndefined();
      expect(bodyOf({ body, isBase64Encoded: true })).toBeUndefined();
    }
  });
});

test('what a service does not know is gone; any other fault is a fault', async () => {
  const fault = (name: string) => Object.assign(new Error(name), { name });
  await expect(orGone(Promise.resolve(7))).resolves.toBe(7);
  await expect(orGone(Promise.reject(fault('ResourceNotFoundException')))).resolves.toBe('gone');
  await expect(orGone(Promise.reject(fault('ThrottlingException')))).rejects.toThrow('ThrottlingException');

  await expect(orGone(Promise.reject({}))).rejects.toEqual({});
});
