import { parseProperties } from '../../../lambda/import-allow-list/event';

const PROPERTIES = { ServiceToken: 'arn', TableName: 'serials', Bucket: 'assets', Key: 'list.txt', Count: '12' };

test('reads where the list is and where it goes', () => {
  expect(parseProperties(PROPERTIES)).toEqual({ TableName: 'serials', Bucket: 'assets', Key: 'list.txt', Count: '12' });
});

test.each(['TableName', 'Bucket', 'Key', 'Count'])('fails without %s', (name) => {
  for (const value of [undefined, '', 7, {}]) {
    expect(() => parseProperties({ ...PROPERTIES, [name]: value })).toThrow(
      `property ${name} must be a non-empty text`,
    );
  }
});

test.each(['x', '-1', '1.5', '1e3', '1234567890', ' 1', '1\n'])('fails for a count that is none: %p', (Count) => {
  expect(() => parseProperties({ ...PROPERTIES, Count })).toThrow('property Count must be a number');
});
