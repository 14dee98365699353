import fc from 'fast-check';
import { messageRules, messageSql } from '../../../../lib/detection/stream/message-sql';
import {
  compileStatement,
  type MessageContext,
  resultOf,
  substituted,
} from '../../../../rehearsal/cloud/rules/sql-evaluate';
import { filterOf } from '../../../../rehearsal/cloud/rules/sql-parse';

function contextOf(payload: string | Uint8Array, changes: Partial<MessageContext> = {}): MessageContext {
  return {
    topic: 'pumps/pump-7/telemetry',
    payload: Buffer.from(payload),
    at: 1_767_600_000_000,
    account: '123456789012',
    clientId: 'pump-7',
    principal: 'ab12',
    traceId: 'trace',
    uuid: () => 'made',
    ...changes,
  };
}

/** What a statement makes of a message, as JSON; undefined where it is not selected. */
function run(sql: string, payload: unknown = {}, changes?: Partial<MessageContext>): unknown {
  const result = resultOf(compileStatement(sql), contextOf(JSON.stringify(payload), changes));
  return result === undefined ? undefined : JSON.parse(result.toString('utf8'));
}

/** The value of one expression. */
function value(expression: string, payload: unknown = {}, changes?: Partial<MessageContext>): unknown {
  return (run(`SELECT ${expression} AS it FROM '#'`, payload, changes) as { it?: unknown }).it;
}

describe('a statement', () => {
  test('takes members of the payload, and what the rule itself knows', () => {
    expect(
      run(
        "SELECT a.b[1] AS second, flow, 1 AS v, 'x' AS source, clientid() AS clientId, topic(2) AS thing FROM 'pumps/#'",
        {
          a: { b: [1, 2] },
          flow: 3.5,
        },
      ),
    ).toEqual({ second: 2, flow: 3.5, v: 1, source: 'x', clientId: 'pump-7', thing: 'pump-7' });
  });

  test('spreads the payload, and columns after it win', () => {
    expect(run("SELECT *, 1 AS v FROM '#'", { v: 9, w: 2 })).toEqual({ v: 1, w: 2 });
  });

  test('hands a payload on as it came, JSON or not', () => {
    const bytes = Uint8Array.of(0, 255, 7);
    expect(resultOf(compileStatement("select * from '#'"), contextOf(bytes))).toEqual(Buffer.from(bytes));
  });

  test('selects by its condition, and nothing by one without a value', () => {
    expect(run("SELECT 1 AS v FROM '#' WHERE flow > 3 AND NOT (state = 'off')", { flow: 4, state: 'on' })).toEqual({
      v: 1,
    });
    expect(run("SELECT 1 AS v FROM '#' WHERE flow > 3", { flow: 3 })).toBeUndefined();
    expect(run("SELECT 1 AS v FROM '#' WHERE missing <> 'x'", {})).toBeUndefined();
    expect(run("SELECT 1 AS v FROM '#' WHERE 1", {})).toBeUndefined();
  });

  test.each([
    ["SELECT get_thing_shadow('a', 'b') AS x FROM '#'", 'the function get_thing_shadow'],
    ["SELECT topic(1, 2) AS x FROM '#'", 'topic with 2 arguments'],
    ["SELECT (SELECT v FROM a) AS x FROM '#'", "'SELECT'"],
    ["SELECT CASE a WHEN 1 THEN 2 END AS x FROM '#'", "'CASE'"],
    ["SELECT clientid() FROM '#'", 'a column without a name'],
    ["SELECT 'it''s' AS x FROM '#'", 'a quote or backslash in a text'],
    ["SELECT a AS b.c FROM '#'", 'a path after AS'],
    ["SELECT a, * FROM '#'", '* after a column'],
    ["SELECT length(*) AS x FROM '#'", 'length(*)'],
    ["SELECT {'a', 1} AS x FROM '#'", "'{'"],
    ["SELECT regexp_matches(a, '(?i)x') AS x FROM '#'", 'the regular expression (?i)x'],
    ["SELECT a FROM '#' WHERE a = 1 GROUP BY a", "'GROUP'"],
    ['SELECT a', "'the end' in the place of 'from'"],
    ['SELECT a FROM b', 'FROM b'],
  ])('outside of what is modelled is named: %s', (sql, named) => {
    expect(() => compileStatement(sql)).toThrow(`${named} of AWS IoT SQL is not modelled`);
  });

  test('that cannot be read still says which messages it was for', () => {
    expect(filterOf("SELECT nothing(a) FROM 'pumps/+/x' WHERE b")).toBe('pumps/+/x');
    expect(filterOf('nonsense')).toBe('#');
  });
});

describe('an expression', () => {
  test.each<[string, unknown]>([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['7 / 2', 3],
    ['7.5 / 2', 3.75],
    ['1 / 0', undefined],
    ['7 % 4', 3],
    ['-a', -2],
    ["'2' * 3", 6],
    ["'x' * 3", undefined],
    ["'a' + 1", 'a1'],
    ["'2' < 10", true],
    ["'2' = 2", false],
    ["'2' <> 2", true],
    ['missing = 1', undefined],
    ['NOT missing', undefined],
    ["'TRUE' AND true", true],
    ['a IN [1, 2]', true],
    ['a IN 2', undefined],
    ['isNull(none)', true],
    ['isUndefined(missing)', true],
    ['none', null],
    ["concat('x-', clientid(), '-y')", 'x-pump-7-y'],
    ["startswith(topic(3), 'tele')", true],
    ["endswith(topic(), 'metry')", true],
    ["substring('abcdef', 2, 4)", 'cd'],
    ["indexof('abc', 'c')", 2],
    ["replace('a.b.c', '.', '-')", 'a-b-c'],
    ["regexp_replace('a1b22', '[0-9]+', '#')", 'a#b#'],
    ["upper(trim(' a '))", 'A'],
    ['floor(2.9)', 2],
    ['ceil(2.1)', 3],
    ['round(-2.5)', -3],
    ['abs(-2)', 2],
    ['topic(9)', undefined],
    ['accountid()', '123456789012'],
    ['principal()', 'ab12'],
    ['newuuid()', 'made'],
  ])('%s', (expression, expected) => {
    expect(value(expression, { a: 2, none: null })).toEqual(expected);
  });

  test('of a message that is nobody’s knows no client', () => {
    const nobodys = { clientId: undefined, principal: undefined, traceId: undefined };
    expect(value("clientid() = 'n/a'", {}, nobodys)).toBe(true);
    expect(value('traceid()', {}, nobodys)).toBeUndefined();
  });

  test('is put into a property of an action', () => {
    expect(substituted('x-${topic(2)}-${flow}', contextOf('{"flow":3}'))).toBe('x-pump-7-3');
    expect(() => substituted('${get_secret(1)}', contextOf('{}'))).toThrow('the function get_secret');
  });
});

test('the size that the stream engine asks for is that of the payload', () => {
  const [sql = ''] = messageRules({ id: 't', filters: ['#'], excluded: false }, true).map(messageSql);
  const statement = compileStatement(sql);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (payload) => {
      expect(JSON.parse(resultOf(statement, contextOf(payload))!.toString())).toMatchObject({ bytes: payload.length });
    }),
    { numRuns: 300 },
  );
});

test('whatever is written, it is read or named as not modelled', () => {
  const words = [
    'SELECT',
    'FROM',
    "'#'",
    'a',
    '.',
    '*',
    '(',
    ')',
    'AND',
    '=',
    '1',
    ',',
    'AS',
    'length',
    '[',
    ']',
    '-',
    'WHERE',
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...words), { maxLength: 14 }), (tokens) => {
      try {
        resultOf(compileStatement(tokens.join(' ')), contextOf('{"a":1}'));
      } catch (error) {
        expect(error).toMatchObject({ meaning: expect.any(String), subject: expect.any(String) });
      }
    }),
    { numRuns: 2_000 },
  );
});
