import { Lazy } from 'aws-cdk-lib';
import { InputErrors } from '../../lib/internal/input-errors';
import { SuppressionExpiry } from '../../lib/posture/suppression-expiry';

beforeAll(() => jest.useFakeTimers({ now: Date.UTC(2027, 0, 15, 12) }));
afterAll(() => jest.useRealTimers());

function validate(expiry: SuppressionExpiry): void {
  const errors = new InputErrors();
  expiry._validate(errors);
  errors.throwIfAny();
}

test.each([
  ['a day, to its end', '2027-06-30', Date.UTC(2027, 5, 30, 23, 59, 59)],
  ['a leap day', '2028-02-29', Date.UTC(2028, 1, 29, 23, 59, 59)],
  ['a minute', '2027-06-30T12:30Z', Date.UTC(2027, 5, 30, 12, 30)],
  ['a second', '2027-06-30T12:30:15Z', Date.UTC(2027, 5, 30, 12, 30, 15)],
  ['today', '2027-01-15', Date.UTC(2027, 0, 15, 23, 59, 59)],
])('ends after %s', (_name, date, milliseconds) => {
  const expiry = SuppressionExpiry.on(date);
  validate(expiry);
  expect(expiry._render()).toBe(String(milliseconds / 1000));
  expect(expiry.isNever).toBe(false);
});

test('never ends only if that is said', () => {
  const never = SuppressionExpiry.never();
  validate(never);
  expect(never._render()).toBeUndefined();
  expect(never.isNever).toBe(true);
});

test('seconds that are known only at deployment pass', () => {
  const date = Lazy.string({ produce: () => '1798761600' });
  const expiry = SuppressionExpiry.on(date);
  validate(expiry);
  expect(expiry._render()).toBe(date);
});

test.each([
  '',
  'tomorrow',
  '2027-6-30',
  '30.06.2027',
  '2027-06-31',
  '2027-02-29',
  '2027-13-01',
  '2027-06-30T25:00Z',
  '2027-06-30T12:00',
  '1798761600',
  ' 2027-06-30',
])('fails for %j', (date) => {
  expect(() => validate(SuppressionExpiry.on(date))).toThrow(/'expiry' must be a date like .*SuppressionExpiryInvalid/);
});

test.each(['2027-01-14', '2027-01-15T12:00Z', '2027-01-15T11:59:59Z', '1999-12-31'])(
  'fails for %s, which is over',
  (date) => {
    expect(() => validate(SuppressionExpiry.on(date))).toThrow(/is over.*SuppressionExpired/);
  },
);

test('a second more is not over', () => {
  validate(SuppressionExpiry.on('2027-01-15T12:00:01Z'));
});
