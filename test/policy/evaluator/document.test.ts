import { Problems } from '../../../lib/internal/problems';
import { DocumentReader } from '../../../lib/policy/evaluator/document';
import type { Statement } from '../../../lib/policy/evaluator/statement';
import { pastedKey } from '../../support/private-key';

const STATEMENT = { Effect: 'Allow', Action: 'iot:Publish', Resource: 'arn:aws:iot:r:1:topic/x' };
const DOCUMENT = { Version: '2012-10-17', Statement: STATEMENT };

function read(document: unknown): Statement[] {
  const problems = new Problems();
  const statements = new DocumentReader({ policyName: 'p', target: 'certificate' }, problems).read(document);
  problems.throwIfAny();
  return statements;
}

function failure(document: unknown): string {
  try {
    read(document);
  } catch (error) {
    return (error as Error).message;
  }
  return 'no failure';
}

/** The document with one statement changed; `undefined` leaves an element out. */
function changed(change: object): object {
  const statement = Object.fromEntries(
    Object.entries({ ...STATEMENT, ...change }).filter(([, value]) => value !== undefined),
  );
  return { ...DOCUMENT, Statement: [STATEMENT, statement] };
}

describe('reads', () => {
  test.each<[string, unknown]>([
    ['a statement that is not in a list', DOCUMENT],
    ['a list of statements', { ...DOCUMENT, Statement: [STATEMENT] }],
    ['JSON text', JSON.stringify(DOCUMENT)],
    ['JSON text with white space', JSON.stringify(DOCUMENT, null, 4)],
    ['an Id', { ...DOCUMENT, Id: 'x' }],
    ['lists', changed({ Action: ['iot:Publish', 'iot:Receive'], Resource: ['*', 'arn:aws:iot:r:1:topic/y'] })],
    [
      'NotAction and NotResource',
      changed({ Action: undefined, NotAction: 'iot:*', Resource: undefined, NotResource: ['*'] }),
    ],
    ['a Sid', changed({ Sid: 'Read me' })],
    ['any action', changed({ Action: '*' })],
    ['other prefixes', changed({ Action: ['iotjobsdata:*', 'greengrass:Discover'] })],
    ['short ARNs with a wildcard', changed({ Resource: ['arn:*', 'arn:aws:iot:*'] })],
    ['ARNs without account', changed({ Resource: 'arn:aws:s3:::bucket/key' })],
    ['no conditions', changed({ Condition: {} })],
    [
      'conditions with all JSON types',
      changed({ Condition: { Bool: { a: true }, NumericEquals: { b: 1 }, StringLike: { c: ['x', 2, false] } } }),
    ],
    ['an empty list of expected values', changed({ Condition: { 'ForAllValues:StringEquals': { a: [] } } })],
  ])('%s', (_name, document) => {
    expect(failure(document)).toBe('no failure');
  });

  test('where each statement stands', () => {
    const sources = read(changed({ Sid: 'Second', Effect: 'Deny' })).map((statement) => [
      statement.source,
      statement.denies,
    ]);
    expect(sources).toEqual([
      [{ policyName: 'p', target: 'certificate', index: 0, sid: undefined }, false],
      [{ policyName: 'p', target: 'certificate', index: 1, sid: 'Second' }, true],
    ]);
  });

  test('which element is inverted', () => {
    const [, plain] = read(changed({}));
    const [, inverted] = read(
      changed({ Resource: undefined, NotResource: '*', Action: undefined, NotAction: 'iot:Publish' }),
    );
    expect([plain!.inverted, plain!.covers('iot:publish'), plain!.covers('iot:receive')]).toEqual([false, true, false]);
    expect([inverted!.inverted, inverted!.covers('iot:publish'), inverted!.covers('iot:receive')]).toEqual([
      true,
      false,
      true,
    ]);
  });
});

test('takes as many characters as AWS IoT stores, white space not counted', () => {
  const ofLength = (count: number): object => {
    const rest = JSON.stringify({ ...DOCUMENT, Id: '' }).length;
    return { ...DOCUMENT, Id: 'x'.repeat(count - rest) };
  };
  const problemOf = (document: unknown, most?: number): string => {
    const problems = new Problems();
    new DocumentReader({ policyName: 'p', target: 'certificate' }, problems).read(document, most);
    try {
      problems.throwIfAny();
    } catch (error) {
      return (error as Error).message;
    }
    return '';
  };
  const refused = "policy 'p': the document has 2049 characters without white space, of 2048 [PolicyDocumentInvalid]";
  expect(problemOf(ofLength(2048), 2048)).toBe('');
  expect(problemOf(JSON.stringify(ofLength(2048), null, 8), 2048)).toBe('');
  expect(problemOf(ofLength(2049), 2048)).toBe(refused);
  expect(problemOf(JSON.stringify(ofLength(2049), null, 8), 2048)).toBe(refused);
  expect(problemOf(ofLength(2049))).toBe('');
});

describe('refuses, naming the place', () => {
  test.each<[string, unknown, string]>([
    ['text that is not JSON', '{', "policy 'p': the document is not valid JSON"],
    ['empty text', '', "policy 'p': the document is not valid JSON"],
    ['null', null, "policy 'p': the document must be a JSON object, got null"],
    ['nothing', undefined, "policy 'p': the document must be a JSON object, got nothing"],
    ['a list', [DOCUMENT], "policy 'p': the document must be a JSON object, got a list"],
    ['JSON text of a number', '5', "policy 'p': the document must be a JSON object, got 5"],
    ['a number', 5, "policy 'p': the document must be a JSON object, got 5"],
    ['an Id that is no text', { ...DOCUMENT, Id: 5n }, "policy 'p': Id must be a string"],
    [
      'a name that a terminal would obey',
      { ...DOCUMENT, 'a\n\u001b[2J': 1 },
      "policy 'p': a\\u000a\\u001b[2J is not an element here; known are Version, Id, Statement",
    ],
    ['no version', { Statement: STATEMENT }, "policy 'p': Version must be '2012-10-17'"],
    ['an old version', { ...DOCUMENT, Version: '2008-10-17' }, "policy 'p': Version must be '2012-10-17'"],
    [
      'an unknown element',
      { ...DOCUMENT, Statements: [] },
      "policy 'p': Statements is not an element here; known are Version, Id, Statement",
    ],
    ['no statement', { Version: '2012-10-17' }, "policy 'p': Statement must have at least one statement"],
    [
      'an empty list of statements',
      { ...DOCUMENT, Statement: [] },
      "policy 'p': Statement must have at least one statement",
    ],
    ['a statement that is a text', { ...DOCUMENT, Statement: ['x'] }, "policy 'p': Statement[0] must be an object"],
    ['a statement that is a list', { ...DOCUMENT, Statement: [[]] }, "policy 'p': Statement[0] must be an object"],
    [
      'an unknown effect',
      changed({ Effect: 'allow' }),
      "policy 'p': Statement[1].Effect must be 'Allow' or 'Deny', got \"allow\"",
    ],
    [
      'no effect',
      changed({ Effect: undefined }),
      "policy 'p': Statement[1].Effect must be 'Allow' or 'Deny', got nothing",
    ],
    [
      'an effect that is a list',
      changed({ Effect: ['Allow'] }),
      "policy 'p': Statement[1].Effect must be 'Allow' or 'Deny', got a list",
    ],
    [
      'an effect that is null',
      changed({ Effect: null }),
      "policy 'p': Statement[1].Effect must be 'Allow' or 'Deny', got null",
    ],
    [
      'a principal',
      changed({ Principal: '*' }),
      "policy 'p': Statement[1].Principal is not an element here; known are Sid, Effect, Action, NotAction, Resource, NotResource, Condition",
    ],
    ['a Sid that is no text', changed({ Sid: 1 }), "policy 'p': Statement[1].Sid must be a string"],
    [
      'no action',
      changed({ Action: undefined }),
      "policy 'p': Statement[1] must have either Action or NotAction, got neither",
    ],
    [
      'both kinds of action',
      changed({ NotAction: 'iot:Publish' }),
      "policy 'p': Statement[1] must have either Action or NotAction, got both",
    ],
    [
      'no resource',
      changed({ Resource: undefined }),
      "policy 'p': Statement[1] must have either Resource or NotResource, got neither",
    ],
    [
      'both kinds of resource',
      changed({ NotResource: '*' }),
      "policy 'p': Statement[1] must have either Resource or NotResource, got both",
    ],
    ['an empty list of actions', changed({ Action: [] }), "policy 'p': Statement[1].Action must not be empty"],
    [
      'an empty list of resources',
      changed({ Resource: undefined, NotResource: [] }),
      "policy 'p': Statement[1].NotResource must not be empty",
    ],
    [
      'an action without prefix',
      changed({ Action: 'Publish' }),
      "policy 'p': Statement[1].Action must be '*' or a text such as 'iot:Publish', got \"Publish\"",
    ],
    [
      'an action with an empty prefix',
      changed({ Action: ':Publish' }),
      "policy 'p': Statement[1].Action must be '*' or a text such as 'iot:Publish', got \":Publish\"",
    ],
    [
      'an action that is no text',
      changed({ Action: ['iot:Publish', 5] }),
      "policy 'p': Statement[1].Action[1] must be '*' or a text such as 'iot:Publish', got 5",
    ],
    [
      'a resource that is no ARN',
      changed({ Resource: 'topic/x' }),
      "policy 'p': Statement[1].Resource must be '*' or a text such as 'arn:aws:iot:us-east-1:123456789012:topic/x', got \"topic/x\"",
    ],
    [
      'a resource that is half an ARN',
      changed({ Resource: ['*', 'arn:aws:iot:r:1'] }),
      "policy 'p': Statement[1].Resource[1] must be '*' or a text such as 'arn:aws:iot:us-east-1:123456789012:topic/x', got \"arn:aws:iot:r:1\"",
    ],
    [
      'a wildcard in place of an ARN',
      changed({ Resource: '*:topic/x' }),
      "policy 'p': Statement[1].Resource must be '*' or a text such as 'arn:aws:iot:us-east-1:123456789012:topic/x', got \"*:topic/x\"",
    ],
    [
      'an intrinsic function',
      changed({ Resource: { 'Fn::Sub': 'x' } }),
      "policy 'p': Statement[1].Resource must be '*' or a text such as 'arn:aws:iot:us-east-1:123456789012:topic/x', got an object",
    ],
    [
      'a condition that is a text',
      changed({ Condition: 'x' }),
      "policy 'p': Statement[1].Condition must be an object of operators",
    ],
    [
      'an unknown operator',
      changed({ Condition: { StringEqualz: { a: 'b' } } }),
      "policy 'p': Statement[1].Condition.StringEqualz is not a condition operator",
    ],
    [
      'an operator without keys',
      changed({ Condition: { StringEquals: 'b' } }),
      "policy 'p': Statement[1].Condition.StringEquals must be an object of condition keys",
    ],
    [
      'an expected value that is an object',
      changed({ Condition: { StringEquals: { 'iot:ClientId': {} } } }),
      "policy 'p': Statement[1].Condition.StringEquals.iot:ClientId must be a text, a number or a boolean, or a list of them, got an object",
    ],
    [
      'an expected value that is null',
      changed({ Condition: { StringEquals: { a: ['x', null] } } }),
      "policy 'p': Statement[1].Condition.StringEquals.a must be a text, a number or a boolean, or a list of them, got null",
    ],
    [
      'an expected value of the wrong kind',
      changed({ Condition: { IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', 'here'] } } }),
      'policy \'p\': Statement[1].Condition.IpAddress.aws:SourceIp must be an IPv4 or IPv6 address or CIDR range, got "here"',
    ],
  ])('%s', (_name, document, message) => {
    expect(failure(document)).toBe(`${message} [PolicyDocumentInvalid]`);
  });

  test('everything at once', () => {
    const message = failure({ Version: '1', Statement: [{ ...STATEMENT, Effect: 'x' }, { Effect: 'Deny' }, 7] });
    for (const place of [
      'Version',
      'Statement[0].Effect',
      'Statement[1] must have either Action',
      'Statement[1] must have either Resource',
      'Statement[2]',
    ]) {
      expect(message).toContain(`policy 'p': ${place}`);
    }
  });

  test('never shows a private key', () => {
    const { pem, isShownIn } = pastedKey('pkcs8');
    expect(isShownIn(failure(changed({ Effect: pem })))).toBe(false);
  });
});

describe('leaves out what cannot be read', () => {
  const readable = (document: unknown): number =>
    new DocumentReader({ policyName: 'p', target: 't' }, new Problems()).read(document).length;

  test.each<[unknown, number]>([
    ['{', 0],
    [null, 0],
    [{ ...DOCUMENT, Statement: [STATEMENT, 'x', STATEMENT] }, 2],
  ])('%p: %p statements', (document, count) => {
    expect(readable(document)).toBe(count);
  });
});
