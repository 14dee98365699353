import fc from 'fast-check';
import {
  claimFolder,
  fingerprint,
  parseClaimChanged,
  PropertyReader,
  stackGuid,
} from '../../../lambda/adopt-account-settings/event';

describe('properties', () => {
  const read = (properties: Record<string, unknown>, act: (reader: PropertyReader) => unknown): unknown => {
    const reader = new PropertyReader(properties);
    return reader.result(act(reader));
  };

  test.each([
    ['a text', { A: 'x' }, (reader: PropertyReader) => reader.text('A'), 'x'],
    ['an optional text', { A: 'x' }, (reader: PropertyReader) => reader.optionalText('A'), 'x'],
    ['an absent optional text', {}, (reader: PropertyReader) => reader.optionalText('A'), undefined],
    ['one of a list', { A: 'x' }, (reader: PropertyReader) => reader.oneOf('A', ['x', 'y']), 'x'],
    ['true as CloudFormation sends it', { A: 'true' }, (reader: PropertyReader) => reader.flag('A'), true],
    ['true', { A: true }, (reader: PropertyReader) => reader.flag('A'), true],
    ['false as CloudFormation sends it', { A: 'false' }, (reader: PropertyReader) => reader.flag('A'), false],
    ['false', { A: false }, (reader: PropertyReader) => reader.flag('A'), false],
    ['an absent flag', {}, (reader: PropertyReader) => reader.flag('A'), false],
    ['texts', { A: ['x', 'y'] }, (reader: PropertyReader) => reader.texts('A'), ['x', 'y']],
    ['absent texts', {}, (reader: PropertyReader) => reader.texts('A'), []],
    ['a map', { A: { b: '1' } }, (reader: PropertyReader) => reader.map('A'), { b: '1' }],
    ['an absent map', {}, (reader: PropertyReader) => reader.map('A'), {}],
  ])('read %s', (_name, properties, act, value) => {
    expect(read(properties, act)).toEqual({ ok: true, value });
  });

  test.each([
    ['no text', { A: 1 }, (reader: PropertyReader) => reader.text('A'), 'A must be a text'],
    ['an empty text', { A: '' }, (reader: PropertyReader) => reader.text('A'), 'A must be a text'],
    ['an empty optional text', { A: '' }, (reader: PropertyReader) => reader.optionalText('A'), 'A must be a text'],
    ['none of a list', { A: 'z' }, (reader: PropertyReader) => reader.oneOf('A', ['x', 'y']), 'A must be one of x, y'],
    ['nothing of a list', {}, (reader: PropertyReader) => reader.oneOf('A', ['x', 'y']), 'A must be a text'],
    ['no flag', { A: 'yes' }, (reader: PropertyReader) => reader.flag('A'), 'A must be true or false'],
    ['no list', { A: 'x' }, (reader: PropertyReader) => reader.texts('A'), 'A must be a list of texts'],
    [
      'a list with another',
      { A: ['x', 1] },
      (reader: PropertyReader) => reader.texts('A'),
      'A must be a list of texts',
    ],
    [
      'a list with nothing',
      { A: ['x', ''] },
      (reader: PropertyReader) => reader.texts('A'),
      'A must be a list of texts',
    ],
    ['no map', { A: 'x' }, (reader: PropertyReader) => reader.map('A'), 'A must be a map'],
    ['a list for a map', { A: [] }, (reader: PropertyReader) => reader.map('A'), 'A must be a map'],
  ])('refuse %s', (_name, properties, act, reason) => {
    expect(read(properties, act)).toEqual({ ok: false, reason });
  });

  test('say all that is wrong', () => {
    const reader = new PropertyReader({});
    reader.text('A');
    reader.report('B is odd');
    expect(reader.result('x')).toEqual({ ok: false, reason: 'A must be a text; B is odd' });
  });
});

test('the unique part of a stack', () => {
  expect(stackGuid('arn:aws:cloudformation:eu-west-1:111122223333:stack/name/51af3dc0-da77')).toBe('51af3dc0-da77');
  for (const id of ['', 'arn:stack/name', 'arn:stack/name/', 'arn:stack/name/a b', 'arn:stack/name/../x'])
    expect(() => stackGuid(id)).toThrow('not the id of a stack');
});

test('a fingerprint is short, and the same for the same', () => {
  expect(fingerprint('x')).toMatch(/^[0-9a-f]{16}$/);
  expect(fingerprint('x')).toBe(fingerprint('x'));
  expect(fingerprint('x')).not.toBe(fingerprint('y'));
});

test('each setting has a folder of its own', () => {
  expect(claimFolder('audit')).toBe('/zero-trust-iot/account-settings/audit');
});

describe('an event of a changed parameter', () => {
  const event = (name: unknown, rest: object = {}): object => ({
    source: 'aws.ssm',
    'detail-type': 'Parameter Store Change',
    detail: { operation: 'Delete', name },
    ...rest,
  });

  test('says whose claim it is', () => {
    expect(parseClaimChanged(event('/zero-trust-iot/account-settings/audit/guid/Audit'))).toEqual({
      kind: 'audit',
      stack: 'guid',
    });
  });

  test.each([
    ['a request of CloudFormation', { RequestType: 'Create' }],
    ['an event of something else', event('/zero-trust-iot/account-settings/audit/guid/Audit', { source: 'aws.s3' })],
    ['an event without details', { source: 'aws.ssm' }],
    ['an event without a name', event(undefined)],
    ['another parameter', event('/zero-trust-iot/account-settings-of-mine/audit/guid')],
    ['an unknown setting', event('/zero-trust-iot/account-settings/other/guid/Audit')],
    ['a parameter of no stack', event('/zero-trust-iot/account-settings/audit')],
    ['nothing', undefined],
    ['null', null],
  ])('is not %s', (_name, raw) => {
    expect(parseClaimChanged(raw)).toBeUndefined();
  });

  test('whatever comes in, to read it does not fail', () => {
    fc.assert(fc.property(fc.anything(), (raw) => void parseClaimChanged(raw)));
  });
});
