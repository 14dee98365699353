import { parseNumber, parseTime } from '../../../lib/policy/evaluator/scalars';

test.each([
  ['0', 0],
  ['10', 10],
  ['-1', -1],
  ['+2.50', 2.5],
  ['.5', 0.5],
  ['.55', 0.55],
])('number %p is %p', (text, expected) => {
  expect(parseNumber(text)).toBe(expected);
});

test.each(['', ' ', '1 ', ' 1', '1.', '.', '-', '1e3', '0x1', 'NaN', 'Infinity', '1,5', '${x}'])(
  '%p is no number',
  (text) => {
    expect(parseNumber(text)).toBeUndefined();
  },
);

test.each([
  ['2020', '2020-01-01T00:00:00Z'],
  ['2020-02', '2020-02-01T00:00:00Z'],
  ['2020-02-03', '2020-02-03T00:00:00Z'],
  ['2020-02-03T04:05Z', '2020-02-03T04:05:00Z'],
  ['2020-02-03T04:05:06Z', '2020-02-03T04:05:06Z'],
  ['2020-02-03T04:05:06.5Z', '2020-02-03T04:05:06.500Z'],
  ['2020-02-03T04:05:06.123Z', '2020-02-03T04:05:06.123Z'],
  ['2020-02-03T04:05:06+01:00', '2020-02-03T03:05:06Z'],
  ['1580702706', '2020-02-03T04:05:06Z'],
  ['10000', '1970-01-01T02:46:40Z'],
])('time %p is %p', (text, iso) => {
  expect(parseTime(text)).toBe(Date.parse(iso));
});

test.each([
  '',
  'tomorrow',
  'Jan 2020',
  '1 January 2020',
  'Mon 2020-02-03T04:05Z',
  '2020-02-03T04:05Z (now)',
  '2020-13',
  '2020-02-03T04:05:06',
  '2020-02-03 04:05',
  '20-02-03',
  '2020-2-3',
  '1580702706000',
  '-1',
  '2020-02-03T25:05Z',
  'x2020',
  '2020x',
  '12345x',
])('%p is no time', (text) => {
  expect(parseTime(text)).toBeUndefined();
});
