import { broadness, isBasicIngest, isShared, isWildcard } from '../../lib/policy/topic-rules';

const THING = '${iot:Connection.Thing.ThingName}';

test.each([
  [['a', '+'], undefined],
  [['$aws', 'things', THING, '#'], undefined],
  [['$aws', 'commands', 'things', THING, '#'], undefined],
  [['$aws', 'things', '${Token[TOKEN.1]}', '#'], undefined],
  [['$aws', 'things', 'x', '#'], 'put Topic.THING where the thing name is'],
  [['$aws', 'things', `${THING}x`, '#'], 'put Topic.THING where the thing name is'],
  [['$aws', 'commands', 'things', 'x', '#'], 'put Topic.THING where the thing name is'],
  [['$aws', 'commands', 'clients', '+'], undefined],
  [['$aws', 'events', '#'], undefined],
  [['a', 'things', '+'], undefined],
  [['a', 'commands', 'things', '+'], undefined],
  [['a', 'commands', '+'], undefined],
  [['$aws', 'x', 'things', '+'], undefined],
  [['+'], 'start it with a level of text or with Topic.THING'],
  [['#'], 'start it with a level of text or with Topic.THING'],
  [['$aws', 'things', '+', 'x'], 'put Topic.THING where the thing name is'],
  [['$aws', 'things', '#'], 'put Topic.THING where the thing name is'],
  [['$aws', 'things'], 'put Topic.THING where the thing name is'],
  [['$aws', 'commands', 'things', '+'], 'put Topic.THING where the thing name is'],
  [['$aws', 'commands', 'things'], 'put Topic.THING where the thing name is'],
  [['$aws', 'commands', '+'], 'name things/ and Topic.THING after $aws/commands/'],
])('%j', (levels, remedy) => {
  expect(broadness(levels)).toBe(remedy);
});

test('kinds of topics', () => {
  expect([isWildcard('+'), isWildcard('#'), isWildcard('a'), isWildcard('++'), isWildcard(undefined)]).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
  expect([isShared(['$share', 'a', 'b']), isShared(['a', '$share']), isShared([])]).toEqual([true, false, false]);
  expect([isBasicIngest(['$aws', 'rules', 'a']), isBasicIngest(['$aws', 'x']), isBasicIngest(['x', 'rules'])]).toEqual([
    true,
    false,
    false,
  ]);
});
