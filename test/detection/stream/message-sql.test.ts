import fc from 'fast-check';
import { matches } from '../../../lambda/evaluate-behaviors/topic-match';
import { messageRules, messageSql, sqlProblem } from '../../../lib/detection/stream/message-sql';

const HEAD =
  "SELECT 1 AS v, 'message' AS source, 't1' AS on, clientid() AS clientId, traceid() AS id, timestamp() AS at";
const CLIENTS = "clientid() <> 'n/a' AND clientid() <> 'N/A'";

function sqlOf(filters: string[], excluded = false, withBytes = false): string[] {
  return messageRules({ id: 't1', filters, excluded }, withBytes).map(messageSql);
}

test('a filter is a rule of its own', () => {
  expect(sqlOf(['pumps/+/telemetry', 'a/#'])).toEqual([
    `${HEAD} FROM 'pumps/+/telemetry' WHERE ${CLIENTS}`,
    `${HEAD} FROM 'a/#' WHERE ${CLIENTS}`,
  ]);
});

test('the size is in it only where a behavior needs it', () => {
  expect(sqlOf(['#'], false, true)).toEqual([
    `${HEAD}, floor(length(regexp_replace(encode(*, 'base64'), '=', '')) * 3 / 4) AS bytes FROM '#' WHERE ${CLIENTS}`,
  ]);
});

test.each(Array.from({ length: 9 }, (_item, size) => size))('%i bytes are counted as that many', (size) => {
  const base64 = Buffer.alloc(size).toString('base64').replaceAll('=', '');
  expect(Math.floor((base64.length * 3) / 4)).toBe(size);
});

test('the client id is compared, level by level', () => {
  expect(sqlOf(['pumps/${iot:ClientId}/x-${iot:ClientId}-y/#'])).toEqual([
    `${HEAD} FROM 'pumps/+/+/#' WHERE ${CLIENTS} AND topic(2) = clientid() AND topic(3) = concat('x-', clientid(), '-y')`,
  ]);
});

test('exceptions are one rule on all topics', () => {
  expect(sqlOf(['a/+/b', '${iot:ClientId}/x.$y/#'], true)).toEqual([
    `${HEAD} FROM '#' WHERE ${CLIENTS} AND NOT ((regexp_matches(topic(), '^a/[^/]*/b$')) OR ` +
      `(regexp_matches(topic(), '^[^/]*/x[.][$]y/.*$') AND topic(1) = clientid()))`,
  ]);
});

test.each([
  ["it's", false, "must not contain quotes and '\\' with the stream engine"],
  ['say "a"', true, "must not contain quotes and '\\' with the stream engine"],
  ['a\\b', false, "must not contain quotes and '\\' with the stream engine"],
  ['a^b', true, 'may contain only letters, digits, blanks and _.:@=$,;!&%~-/ with the stream engine'],
  ['a^b', false, undefined],
  ['ü/#', false, undefined],
  ['ü/#', true, 'may contain only letters, digits, blanks and _.:@=$,;!&%~-/ with the stream engine'],
  ['pumps/+/x.y/#', true, undefined],
  ['${iot:ClientId}/x', true, undefined],
])('the filter %j, excluded: %j', (filter, excluded, expected) => {
  expect(sqlProblem(filter, excluded)).toBe(expected);
});

describe('an exception', () => {
  const pattern = (filter: string) => {
    const [, regex = ''] = /regexp_matches\(topic\(\), '(.*?)'\)/.exec(sqlOf([filter], true)[0]!) ?? [];
    return new RegExp(regex);
  };

  test('is of the topics that the filter matches', () => {
    const level = fc.constantFrom('a', 'b', 'a.b', 'x$y', 'a-b', '');
    const filterOf = (levels: string[], rest: boolean) => [...levels, ...(rest ? ['#'] : [])].join('/');
    fc.assert(
      fc.property(
        fc.array(fc.oneof(level, fc.constant('+')), { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        fc.array(level, { minLength: 1, maxLength: 5 }),
        (levels, rest, parts) => {
          const filter = filterOf(levels, rest);
          const topic = parts.join('/');
          // AWS IoT does not match the level above `#`, MQTT does.
          fc.pre(!(rest && parts.length === levels.length));
          expect(pattern(filter).test(topic)).toBe(matches(filter, topic));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test.each([
    ['a/b', 'a/b/c', false],
    ['a/b', 'x/a/b', false],
    ['a.b', 'axb', false],
    ['a/#', 'a/b/c', true],
    ['#', 'anything/at/all', true],
  ])('%s of %s: %j', (filter, topic, expected) => {
    expect(pattern(filter).test(topic)).toBe(expected);
  });
});
