import { createHandler, type Dependencies } from '../../../lambda/verify-enrollment/handler';
import type { Fields } from '../../../lambda/shared/logger';

const CERTIFICATE = 'ab'.repeat(32);
const NOW = 1_800_000_000_000;
const EVENT = {
  certificateId: CERTIFICATE,
  templateArn: 'arn:aws:iot:eu-west-1:111122223333:provisioningtemplate/pumps',
  clientId: 'claim.42',
  parameters: { SerialNumber: 'PX2-0001', ThingName: 'pump-of-somebody-else' },
};
const NO = { allowProvisioning: false, parameterOverrides: {} };

function rig(changes: Partial<Dependencies> = {}) {
  const counts: [string, Fields | undefined][] = [];
  const silent = () => undefined;
  const calls: string[] = [];
  const handler = createHandler({
    allowList: {
      find: async (serial) => {
        calls.push(`find ${serial}`);
        return { listed: true, denied: false, claim: undefined };
      },
      claim: async (serial, claim, previous) => {
        calls.push(`claim ${serial} ${claim.certificateId} ${claim.at} ${previous?.certificateId}`);
        return 'claimed';
      },
    },
    registry: {
      identityOf: async (thingName) => {
        calls.push(`identity ${thingName}`);
        return undefined;
      },
    },
    rules: { oneTimeUse: true, fleetGroup: 'fleet' },
    expected: { templateName: 'pumps', thingNamePrefix: 'pump-' },
    now: () => NOW,
    log: {
      info: silent,
      warn: silent,
      error: silent,
      count: (metric, _, fields) => void counts.push([metric, fields]),
    },
    answerWithinMs: 1_000,
    ...changes,
  });
  return { handler, counts, calls };
}

test('allows, claims the serial, and sends back only what was verified', async () => {
  const { handler, counts, calls } = rig();
  await expect(handler(EVENT)).resolves.toEqual({
    allowProvisioning: true,
    parameterOverrides: { SerialNumber: 'PX2-0001' },
  });
  expect(calls).toEqual(['find PX2-0001', 'identity pump-PX2-0001', `claim PX2-0001 ${CERTIFICATE} ${NOW} undefined`]);
  expect(counts).toEqual([
    [
      'EnrollmentAllowed',
      { serial: 'PX2-0001', certificateId: CERTIFICATE, claimCertificateId: undefined, clientId: 'claim.42' },
    ],
  ]);
});

test('allows a repeated request without a second claim', async () => {
  const find = async () => ({ listed: true, denied: false, claim: { certificateId: CERTIFICATE, at: NOW } });
  const claim = jest.fn();
  const { handler } = rig({ allowList: { find, claim } });
  await expect(handler(EVENT)).resolves.toMatchObject({ allowProvisioning: true });
  expect(claim).not.toHaveBeenCalled();
});

test('refuses what it does not understand, and logs none of it', async () => {
  const { handler, counts, calls } = rig();
  await expect(handler({ ...EVENT, parameters: { SerialNumber: '<script>' } })).resolves.toEqual(NO);
  expect(counts).toEqual([['EnrollmentRefused', { because: 'serial-malformed' }]]);
  expect(calls).toEqual([]);
});

test('refuses with the reason', async () => {
  const find = async () => ({ listed: true, denied: true, claim: undefined });
  const { handler, counts } = rig({ allowList: { find, claim: jest.fn() } });
  await expect(handler(EVENT)).resolves.toEqual(NO);
  expect(counts).toEqual([['EnrollmentRefused', expect.objectContaining({ because: 'denied', serial: 'PX2-0001' })]]);
});

test('refuses the one of two that claims second', async () => {
  const find = async () => ({ listed: true, denied: false, claim: undefined });
  const { handler, counts } = rig({ allowList: { find, claim: async () => 'changed-meanwhile' } });
  await expect(handler(EVENT)).resolves.toEqual(NO);
  expect(counts).toEqual([['EnrollmentRefused', expect.objectContaining({ because: 'in-progress' })]]);
});

describe('fails closed', () => {
  const broken = async () => {
    throw Object.assign(new Error('no table'), { name: 'ResourceNotFoundException' });
  };

  test.each([
    ['the list cannot be read', { allowList: { find: broken, claim: jest.fn() } }],
    ['the registry cannot be read', { registry: { identityOf: broken } }],
    [
      'the claim cannot be written',
      { allowList: { find: async () => ({ listed: true, denied: false, claim: undefined }), claim: broken } },
    ],
  ])('when %s', async (_, changes) => {
    const { handler, counts } = rig(changes);
    await expect(handler(EVENT)).resolves.toEqual(NO);
    expect(counts).toEqual([
      ['EnrollmentFailed', expect.objectContaining({ errorName: 'ResourceNotFoundException', serial: 'PX2-0001' })],
    ]);
  });

  test('in time, when AWS does not answer, and tells the calls to stop', async () => {
    let stopped = false;
    const identityOf = (_: string, signal: AbortSignal) => {
      signal.addEventListener('abort', () => (stopped = true));
      return new Promise<undefined>(() => undefined);
    };
    const { handler, counts } = rig({ registry: { identityOf }, answerWithinMs: 20 });
    await expect(handler(EVENT)).resolves.toEqual(NO);
    expect(counts).toEqual([
      [
        'EnrollmentFailed',
        expect.objectContaining({ errorName: 'OutOfTime', errorMessage: 'no answer from AWS within 20 ms' }),
      ],
    ]);
    expect(stopped).toBe(true);
  });
});
