import { renderDocument, ruleOf, arnIn } from '../../lib/policy/rule';
import { CAPACITY, documentSize, listSize, MAX_DOCUMENT, sizeIn } from '../../lib/policy/size';
import { IotStatement } from '../../lib/policy/statement';
import { hasToken, longestValue } from '../../lib/policy/tokens';
import { length, OPEN_SCOPE, SCOPE } from './oracle';

const WORST = { partition: 'aws-us-gov', region: 'us-isof-south-1', account: '123456789012' };

function rule(...resources: string[]): ReturnType<typeof ruleOf> {
  return ruleOf(IotStatement.allow({ actions: ['iot:Publish'], resources }));
}

test('is what the document is as JSON', () => {
  const rules = [rule('topic/a'), rule('topic/b', 'topic/${iot:Connection.Thing.ThingName}'), rule('*')];
  for (const count of [1, 2, 3]) {
    const some = rules.slice(0, count);
    expect(documentSize(some, sizeIn(SCOPE))).toBe(length(renderDocument(some, arnIn(SCOPE))));
    expect(listSize(some, sizeIn(SCOPE))).toBe(length(renderDocument(some, arnIn(SCOPE)).Statement) - 1);
  }
});

test('a document that is as long as allowed takes the whole capacity', () => {
  const sizeOf = sizeIn(SCOPE);
  const filler = 'x'.repeat(MAX_DOCUMENT - documentSize([rule('topic/x')], sizeOf) + 1);
  const full = [rule(`topic/${filler}`)];
  expect(documentSize(full, sizeOf)).toBe(MAX_DOCUMENT);
  expect(listSize(full, sizeOf)).toBe(CAPACITY);
});

test('what CloudFormation fills in counts at its longest', () => {
  expect(sizeIn(OPEN_SCOPE)(rule('topic/a'))).toBe(sizeIn(WORST)(rule('topic/a')));
  expect(sizeIn(OPEN_SCOPE)(rule('topic/a'))).toBe(sizeIn(SCOPE)(rule('topic/a')) + 7 + 6);
  const lazily = { partition: 'aws', region: '${Token[TOKEN.7]}', account: '${Token[TOKEN.8]}' };
  expect(sizeIn(lazily)(rule('topic/a'))).toBe(sizeIn(SCOPE)(rule('topic/a')) + 6);
});

test.each([
  ['topic/${Token[AWS.Region.4]}', 'topic/us-isof-south-1'],
  ['topic/${Token[AWS::Region]}-${Token[AWS.Partition.1]}', 'topic/us-isof-south-1-aws-us-gov'],
  [
    'arn:${Token[AWS.Partition.3]}:iot:${Token[AWS.Region.4]}:${Token[AWS.AccountId.0]}:topic/a',
    'arn:aws-us-gov:iot:us-isof-south-1:123456789012:topic/a',
  ],
  ['topic/${Token[TOKEN.1]}', `topic/${'x'.repeat(256)}`],
  ['topic/a/${Token[TOKEN.1]}/b', `topic/a//b${'x'.repeat(252)}`],
  ['topic/a/${Token[TOKEN.1]}/é', `topic/a//é${'x'.repeat(251)}`],
  ['topic/${Token[TOKEN.1]}/${Token[Fn::Join.2]}', `topic//${'x'.repeat(255)}`],
  [
    'topic/${iot:Connection.Thing.ThingName}/${Token[TOKEN.1]}',
    'topic/${iot:Connection.Thing.ThingName}/' + 'x'.repeat(254),
  ],
  ['topic/${Token[TOKEN.1]}/*', `topic//*${'x'.repeat(255)}`],
  // Names that are shorter than topics.
  ['topic/$aws/things/T/shadow/name/${Token[TOKEN.1]}/get', `topic/$aws/things/T/shadow/name/${'x'.repeat(64)}/get`],
  ['topic/$aws/things/T/shadow/name/${Token[TOKEN.1]}', `topic/$aws/things/T/shadow/name/${'x'.repeat(64)}`],
  ['topic/$aws/things/T/streams/${Token[TOKEN.1]}/*', `topic/$aws/things/T/streams/${'x'.repeat(128)}/*`],
  ['rolealias/${Token[TOKEN.1]}', `rolealias/${'x'.repeat(128)}`],
  ['topic/rolealias/${Token[TOKEN.1]}', `topic/rolealias/${'x'.repeat(246)}`],
  ['topic/a/streams/${Token[TOKEN.1]}x', `topic/a/streams/x${'x'.repeat(245)}`],
  ['${Token[TOKEN.1]}', `arn:aws-us-gov:iot:us-isof-south-1:123456789012:topicfilter/${'x'.repeat(256)}`],
])('a name with a value that CloudFormation fills in: %s', (resource, longest) => {
  expect(sizeIn(SCOPE)(rule(resource))).toBe(
    Buffer.byteLength(JSON.stringify(renderDocument([rule(longest)], arnIn(SCOPE)).Statement[0])),
  );
});

test('a value that CloudFormation fills in has at least one character', () => {
  const name = 'a'.repeat(400);
  const one = sizeIn(SCOPE)(rule(`topic/${name}`));
  expect(sizeIn(SCOPE)(rule(`topic/${name}\${Token[TOKEN.1]}`))).toBe(one + 1);
  expect(sizeIn(SCOPE)(rule(`topic/${name}\${Token[TOKEN.1]}\${Token[TOKEN.2]}`))).toBe(one + 2);
});

test('white space in names and what is not ASCII count in full', () => {
  expect(sizeIn(SCOPE)(rule('topic/a b'))).toBe(sizeIn(SCOPE)(rule('topic/aab')));
  expect(sizeIn(SCOPE)(rule('topic/é'))).toBe(sizeIn(SCOPE)(rule('topic/ab')));
  expect(sizeIn(SCOPE)(rule('topic/"'))).toBe(sizeIn(SCOPE)(rule('topic/ab')));
});

describe('tokens', () => {
  test.each([
    ['${Token[AWS.Region.4]}', 'us-isof-south-1'],
    ['${Token[AWS::Region.4]}', 'us-isof-south-1'],
    ['${Token[AWS.Region]}', 'us-isof-south-1'],
    ['${Token[AWS.Partition.1]}', 'aws-us-gov'],
    ['${Token[AWS.AccountId.0]}', '111122223333'],
    ['${Token[TOKEN.5]}', undefined],
    ['${Token[AWS.RegionX.4]}', undefined],
    ['${Token[AWS.PartitionX]}', undefined],
    ['${Token[AWS.AccountIdX]}', undefined],
    ['${Token[XAWS.Region.4]}', undefined],
    ['${Token[XAWS.Partition.4]}', undefined],
    ['${Token[XAWS.AccountId.4]}', undefined],
  ])('%s', (token, value) => {
    expect(longestValue(token)).toBe(value);
    expect(hasToken(`a${token}b`)).toBe(true);
  });

  test.each(['', 'a', '${thing}', '${Token}', '${Token[a b]}', 'Token[A]'])('%j holds none', (text) => {
    expect(hasToken(text)).toBe(false);
  });
});
