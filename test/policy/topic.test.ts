import * as fc from 'fast-check';
import { Lazy, Token } from 'aws-cdk-lib';
import { ConfigurationError } from '../../lib/internal/configuration-error';
import { CertificateField, Topic } from '../../lib/policy/topic';
import { errorOf } from './oracle';
import { cpuMs } from '../support/cpu';
import { pastedKey } from '../support/private-key';

const THING = '${iot:Connection.Thing.ThingName}';

describe('constants', () => {
  test.each<[() => string, string]>([
    [() => Topic.THING, THING],
    [() => Topic.THING_TYPE, '${iot:Connection.Thing.ThingTypeName}'],
    [() => Topic.CERTIFICATE_ID, '${iot:CertificateId}'],
    [() => Topic.CERTIFICATE_SERIAL_NUMBER, '${iot:Certificate.SerialNumber}'],
    [() => Topic.ANY, '+'],
    [() => Topic.REST, '#'],
    [() => Topic.attribute('site'), '${iot:Connection.Thing.Attributes[site]}'],
    [() => Topic.attribute('a/b#c@d.e,f:g-h_1'), '${iot:Connection.Thing.Attributes[a/b#c@d.e,f:g-h_1]}'],
    [() => Topic.certificateSubject(CertificateField.COMMON_NAME), '${iot:Certificate.Subject.CommonName}'],
    [
      () => Topic.certificateIssuer(CertificateField.ALTERNATIVE_URI),
      '${iot:Certificate.Issuer.AlternativeName.UniformResourceIdentifier}',
    ],
  ])('%#', (constant, text) => {
    expect(constant()).toBe(text);
  });

  test.each([Topic.certificateSubject, Topic.certificateIssuer])(
    'a field that certificates do not have is none',
    (level) => {
      expect(errorOf(() => level('Mood' as CertificateField)).message).toMatch(
        /'field' must be one of CommonName, Country, .*got "Mood" \[TopicInvalid\]/,
      );
    },
  );

  test.each(Object.values(CertificateField))('every certificate field is one that a topic can name: %s', (field) => {
    expect(Topic.of('a', Topic.certificateSubject(field), Topic.certificateIssuer(field)).levels).toEqual([
      'a',
      '${iot:Certificate.Subject.' + field + '}',
      '${iot:Certificate.Issuer.' + field + '}',
    ]);
  });

  test.each(['', 'a b', 'a]', 'a}', 'a$', 'x]}/${iot:ClientId', 'ü', 'a\n', 'a'.repeat(129), '${Token[TOKEN.1]}'])(
    'fails for attribute name %j',
    (name) => {
      const error = errorOf(() => Topic.attribute(name));
      expect(error.code).toBe('TopicInvalid');
      expect(error.message).toContain("'name' of an attribute must be 1 to 128");
    },
  );

  test('the longest attribute name is allowed', () => {
    expect(Topic.of(Topic.attribute('a'.repeat(128))).levels).toHaveLength(1);
  });
});

describe('rendering', () => {
  test('a topic without wildcards is the same text in each form', () => {
    const topic = Topic.of('dt', Topic.THING, 'telemetry');
    expect(topic.levels).toEqual(['dt', THING, 'telemetry']);
    expect(topic.toTopicResource()).toBe(`topic/dt/${THING}/telemetry`);
    expect(topic.toTopicFilterResource()).toBe(`topicfilter/dt/${THING}/telemetry`);
    expect(topic.toString()).toBe('dt/${thing}/telemetry');
    expect(topic.hasWildcard).toBe(false);
  });

  test('MQTT wildcards are literal in a filter and * in a topic', () => {
    const topic = Topic.of('a', Topic.ANY, 'b', Topic.REST);
    expect(topic.toTopicResource()).toBe('topic/a/*/b/*');
    expect(topic.toTopicFilterResource()).toBe('topicfilter/a/+/b/#');
    expect(topic.toString()).toBe('a/+/b/#');
    expect(topic.hasWildcard).toBe(true);
    expect(Topic.of('a', Topic.ANY).hasWildcard).toBe(true);
    expect(Topic.of('a', Topic.REST).hasWildcard).toBe(true);
  });

  test('a level may hold text and variables', () => {
    expect(Topic.of(`pump-${Topic.THING}-${Topic.THING_TYPE}!`).toTopicResource()).toBe(
      'topic/pump-${iot:Connection.Thing.ThingName}-${iot:Connection.Thing.ThingTypeName}!',
    );
  });

  test('unusual but plain text stays as it is', () => {
    const level = 'é "quoted" \\ {x} [y] ~!@%^&()=;:,.<>|`';
    expect(Topic.of(level).toTopicResource()).toBe(`topic/${level}`);
  });

  test('levels are not the array that was given', () => {
    const levels = ['a', 'b'];
    const topic = Topic.of(...levels);
    levels[0] = '*';
    expect(topic.levels).toEqual(['a', 'b']);
  });
});

describe('parse', () => {
  test.each([
    ['pumps/${thing}/commands/+', ['pumps', THING, 'commands', '+']],
    ['${thingType}/${thing}', ['${iot:Connection.Thing.ThingTypeName}', THING]],
    ['${attribute.site/a}/x', ['${iot:Connection.Thing.Attributes[site/a]}', 'x']],
    [
      '${iot:Connection.Thing.Attributes[a/b]}/${iot:CertificateId}',
      ['${iot:Connection.Thing.Attributes[a/b]}', '${iot:CertificateId}'],
    ],
    ['a/${iot:Certificate.Subject.Country.4}', ['a', '${iot:Certificate.Subject.Country.4}']],
    ['x-${thing}-y/#', [`x-${THING}-y`, '#']],
    ['$aws/things/${thing}/shadow/name/$package/get', ['$aws', 'things', THING, 'shadow', 'name', '$package', 'get']],
    ['$aws/events/presence/connected/+', ['$aws', 'events', 'presence', 'connected', '+']],
    ['$share/workers/a/#', ['$share', 'workers', 'a', '#']],
  ])('%s', (text, levels) => {
    expect(Topic.parse(text).levels).toEqual(levels);
  });

  test.each([
    ['pumps/${thing}/commands/+'],
    ['${attribute.site/a}/${thingType}'],
    ['a/${iot:Certificate.Issuer.AlternativeName.DNSName.1}/#'],
    ['a-${Token[TOKEN.12]}/${thing}'],
  ])('prints %s as it was', (text) => {
    expect(Topic.parse(text).toString()).toBe(text);
  });

  test('can be passed on as a function', () => {
    expect(['a/b', 'c'].map(Topic.parse).map((topic) => topic.levels.length)).toEqual([2, 1]);
  });

  test('reads what it prints', () => {
    const word = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 6 })
      .filter((text) => Buffer.byteLength(text) <= 6 && !/[$*?+#/\p{Cc}\p{Cs}]/u.test(text));
    const level = fc.oneof(
      word,
      fc.constantFrom(Topic.THING_TYPE, Topic.CERTIFICATE_ID, Topic.CERTIFICATE_SERIAL_NUMBER, Topic.ANY),
      fc.stringMatching(/^[a-zA-Z0-9_.,@/:#-]{1,8}$/).map((name) => Topic.attribute(name)),
      fc.constantFrom(...Object.values(CertificateField)).map((field) => Topic.certificateSubject(field)),
      word.map((text) => `${text}${Topic.THING_TYPE}${text}`),
    );
    fc.assert(
      fc.property(
        fc.array(level, { minLength: 1, maxLength: 7 }),
        fc.boolean(),
        fc.boolean(),
        (levels, named, rest) => {
          const topic = Topic.of(
            ...levels,
            ...(named ? [Topic.THING] : []),
            ...(rest && levels.length < 7 ? [Topic.REST] : []),
          );
          expect(Topic.parse(topic.toString()).levels).toEqual(topic.levels);
          expect(Topic.of(...topic.levels).levels).toEqual(topic.levels);
        },
      ),
    );
  });
});

describe('fails for', () => {
  test.each([
    ['a//b', 'a topic level must not be empty'],
    ['/a', 'a topic level must not be empty'],
    ['a/', 'a topic level must not be empty'],
    ['', 'a topic level must not be empty'],
    ['a/b*', "'*' and '?' in a level would widen the policy to other topics, got \"b*\""],
    ['a?/b', "'*' and '?' in a level would widen"],
    ['*', "'*' and '?' in a level would widen"],
    ['a/b\u0000', 'must be printable text in valid UTF-8'],
    ['a\tb', 'must be printable text'],
    ['a\u007f', 'must be printable text'],
    ['a\u0085', 'must be printable text'],
    ['a\n${thing}', 'must be printable text'],
    ['a\ud800', 'must be printable text'],
    ['a\uffff', 'must be printable text'],
    ['a\ufffe', 'must be printable text'],
    ['a$b', "'$' is for the reserved names"],
    ['a/$', "'$' is for the reserved names"],
    ['a/$1', "'$' is for the reserved names"],
    ['a/${', "'$' is for the reserved names"],
    ['a/${thing', "'$' is for the reserved names"],
    ['a/$${thing}', "'$' is for the reserved names"],
    ['a/${thing}$b', "'$' is for the reserved names"],
    ['a/$($)', "'$' is for the reserved names"],
    ['a/$b$c', "'$' is for the reserved names"],
  ])('%j', (text, message) => {
    const error = errorOf(() => Topic.parse(text));
    expect(error.code).toBe('TopicInvalid');
    expect(error.message).toContain(message);
  });

  test('a private key, which is not shown', () => {
    const { pem, isShownIn } = pastedKey();
    const error = errorOf(() => Topic.of('a', pem.split('\n').join(' ')));
    expect(error.code).toBe('PrivateKeyGiven');
    expect(error.message).toContain("'levels[1]': a topic level holds a private key");
    expect(isShownIn(error.message)).toBe(false);
  });

  test.each<[string, () => Topic, string]>([
    ['of', () => Topic.of('a', '', 'b*'), "'levels[1]': a topic level must not be empty"],
    ['of, each', () => Topic.of('a', '', 'b*'), "; 'levels[2]': '*' and '?' in a level"],
    ['parse', () => Topic.parse('a/b*'), "level 2 of the text: '*' and '?'"],
    ['basicIngest', () => Topic.basicIngest('a/b'), "'ruleName': a level must not contain '/'"],
    ['basicIngest, levels', () => Topic.basicIngest('rule', 'a', '?'), "'levels[1]': '*' and '?'"],
    ['shared', () => Topic.shared('', Topic.of('a')), "'shareName': a topic level must not be empty"],
  ])('a level, and names the parameter: %s', (_name, act, message) => {
    expect(errorOf(act).message).toContain(message);
  });

  test.each([
    ['a/b+', "'+' and '#' must be whole levels, got \"b+\""],
    ['#a', "'+' and '#' must be whole levels"],
    ['++', "'+' and '#' must be whole levels"],
    ['${thing}#', "'+' and '#' must be whole levels"],
    ['a/#/b', '\'#\' must be the last level, got "a/#/b"'],
    ['a/#/#', "'#' must be the last level"],
  ])('misplaced wildcard in %j', (text, message) => {
    const error = errorOf(() => Topic.parse(text));
    expect(error.code).toBe('TopicWildcardMisplaced');
    expect(error.message).toContain(message);
  });

  test.each([
    '${iot:ClientId}',
    '${foo}',
    '${}',
    '${Thing}',
    '${thing }',
    '${attribute.}',
    '${attribute.a b}',
    '${iot:Connection.Thing.Attributes[]}',
    '${iot:Connection.Thing.Attributes[a}',
    '${iot:Connection.Thing.IsAttached}',
    'x${iot:Connection.Thing.ThingName.1}',
    '${xiot:Connection.Thing.Attributes[a]}',
    '${iot:Connection.Thing.Attributes[a]x}',
    '${iot:Certificate.Subject.Country.0}',
    '${iot:Certificate.Subject.Country.5}',
    '${iot:Certificate.Subject.Country.11}',
    '${iot:Certificate.Subject.Country.List}',
    '${xiot:Certificate.Subject.Country}',
    '${iot:Certificate.Owner.Country}',
    '${iot:Certificate.Subject.DNSName}',
    '${*}',
  ])('unknown variable %s', (text) => {
    const error = errorOf(() => Topic.parse(`a/${text}`));
    expect(error.code).toBe('TopicVariableUnknown');
    expect(error.message).toContain('is not a variable that a topic can use');
  });

  test.each([
    ['$SYS/broker', 'only $aws/ and $share/ exist, got "$SYS/broker"'],
    ['$awsx/a', 'only $aws/ and $share/ exist'],
    ['$aws', 'must name its service after $aws/'],
    ['$aws/#', 'must name its service after $aws/'],
    ['$aws/+/x', 'must name its service after $aws/'],
    ['$aws/rules', 'a Basic Ingest topic is $aws/rules/RULE'],
    ['$aws/rules/r/+', 'a Basic Ingest topic is $aws/rules/RULE'],
    ['$aws/rules/+', 'a Basic Ingest topic is $aws/rules/RULE'],
    ['$share', 'a shared subscription is $share/NAME/FILTER'],
    ['$share/a', 'a shared subscription is $share/NAME/FILTER'],
    ['$share/+/a', 'a shared subscription is $share/NAME/FILTER'],
    ['$share/a/$share/b/c', 'a shared subscription is $share/NAME/FILTER'],
  ])('reserved %s', (text, message) => {
    const error = errorOf(() => Topic.parse(text));
    expect(error.code).toBe('TopicReserved');
    expect(error.message).toContain(message);
  });

  test('no levels at all', () => {
    expect(errorOf(() => Topic.of()).message).toContain('a topic needs at least one level');
    expect(errorOf(() => Topic.of()).code).toBe('TopicInvalid');
  });

  test('a level that holds a slash', () => {
    const error = errorOf(() => Topic.of('a/b'));
    expect(error.code).toBe('TopicInvalid');
    expect(error.message).toContain('a level must not contain \'/\', got "a/b"');
  });

  test('an attribute name that smuggles levels in', () => {
    expect(errorOf(() => Topic.of('${iot:Connection.Thing.Attributes[a]}/x')).code).toBe('TopicInvalid');
  });

  test.each([[5], [undefined], [null], [{}], [['a']]])('what is not text: %j', (value) => {
    expect(errorOf(() => Topic.parse(value as unknown as string)).message).toContain('must be text');
    expect(errorOf(() => Topic.of('a', value as unknown as string)).message).toContain('must be text');
  });

  test('text far beyond any topic, quickly', () => {
    const ms = cpuMs(() => {
      for (const text of ['${'.repeat(500_000), '/'.repeat(1_000_000), 'a'.repeat(4097)]) {
        expect(errorOf(() => Topic.parse(text)).message).toContain('must be text of at most 4096 characters');
      }
    });
    expect(ms).toBeLessThan(1000);
  });

  test('several things, each named', () => {
    const error = errorOf(() => Topic.of('a*', '${x}', ''));
    expect(error.message).toContain('"a*"');
    expect(error.message).toContain('"${x}"');
    expect(error.message).toContain('empty');
  });
});

describe('size', () => {
  test.each([
    ['a'.repeat(256), 'a'.repeat(257), 257],
    ['é'.repeat(128), 'é'.repeat(129), 258],
    [`${'a'.repeat(127)}/\${thing}`, `${'a'.repeat(128)}/\${thing}`, 257],
    [`${'a'.repeat(254)}/\${thingType}`, `${'a'.repeat(255)}/\${thingType}`, 257],
    [`${'a'.repeat(254)}/\${Token[TOKEN.4]}`, `${'a'.repeat(255)}/\${Token[TOKEN.4]}`, 257],
    [`${'a'.repeat(240)}/\${Token[AWS.Region.4]}`, `${'a'.repeat(241)}/\${Token[AWS.Region.4]}`, 257],
    [`${'a'.repeat(243)}/\${Token[AWS.AccountId.4]}`, `${'a'.repeat(244)}/\${Token[AWS.AccountId.4]}`, 257],
  ])('256 bytes fit, more do not', (fits, tooLong, bytes) => {
    expect(Topic.parse(fits).toString()).toBe(fits);
    const error = errorOf(() => Topic.parse(tooLong));
    expect(error.code).toBe('TopicTooLong');
    expect(error.message).toContain(`can have ${bytes} bytes (with a thing name of 128), at most 256`);
  });

  test('7 slashes fit, 8 do not', () => {
    expect(Topic.parse('a/b/c/d/e/f/g/h').levels).toHaveLength(8);
    const error = errorOf(() => Topic.parse('a/b/c/d/e/f/g/h/i'));
    expect(error.code).toBe('TopicTooDeep');
    expect(error.message).toContain('"a/b/c/d/e/f/g/h/i" has 8 slashes, at most 7');
  });

  test('shared subscriptions are counted with their prefix', () => {
    expect(Topic.parse('$share/n/c/d/e/f/g/h').levels).toHaveLength(8);
    expect(errorOf(() => Topic.parse('$share/n/c/d/e/f/g/h/i')).code).toBe('TopicTooDeep');
  });

  test("Basic Ingest's first three levels do not count", () => {
    expect(Topic.parse('$aws/rules/r/a/b/c/d/e/f/g/h').isBasicIngest).toBe(true);
    expect(errorOf(() => Topic.parse('$aws/rules/r/a/b/c/d/e/f/g/h/i')).code).toBe('TopicTooDeep');
    expect(Topic.basicIngest('r', 'a'.repeat(256)).levels).toHaveLength(4);
    expect(errorOf(() => Topic.basicIngest('r', 'a'.repeat(257))).code).toBe('TopicTooLong');
  });

  test("reserved topics are as deep as AWS's are", () => {
    const deep = '$aws/commands/things/${thing}/executions/+/response/accepted/json';
    expect(Topic.parse(deep).toString()).toBe(deep);
  });
});

describe('special topics', () => {
  test('Basic Ingest', () => {
    const topic = Topic.basicIngest('rule', Topic.THING, 'metrics');
    expect(topic.toTopicResource()).toBe(`topic/$aws/rules/rule/${THING}/metrics`);
    expect(topic.isBasicIngest).toBe(true);
    expect(Topic.basicIngest('rule').toString()).toBe('$aws/rules/rule');
    expect(Topic.basicIngest('r_1'.padEnd(128, 'a'), 'a').levels).toHaveLength(4);
    expect(Topic.basicIngest('r_${Token[TOKEN.4]}').levels).toHaveLength(3);
    for (const rule of ['pump-rule', 'pump rule', 'é', 'a'.repeat(129), 'pump-${Token[TOKEN.4]}'])
      expect(errorOf(() => Topic.basicIngest(rule, 'a'))).toMatchObject({
        code: 'TopicReserved',
        message: expect.stringContaining("must have 1 to 128 letters, digits and '_', got \"$aws/rules/"),
      });
    expect(Topic.of('$aws', 'things').isBasicIngest).toBe(false);
    expect(Topic.of('aws', 'rules', 'r').isBasicIngest).toBe(false);
  });

  test('shared subscription', () => {
    const topic = Topic.shared('group', Topic.of('a', Topic.REST));
    expect(topic.toTopicFilterResource()).toBe('topicfilter/$share/group/a/#');
    expect(topic.isShared).toBe(true);
    expect(topic.withoutShare.toString()).toBe('a/#');
    expect(topic.withoutShare.isShared).toBe(false);
  });

  test('a topic that is not shared is itself without a share', () => {
    const topic = Topic.of('a');
    expect(topic.withoutShare).toBe(topic);
    expect(topic.isShared).toBe(false);
  });
});

test('any text is a topic that means itself or an error of ours', () => {
  const piece = fc.constantFrom(
    'a',
    '/',
    '+',
    '#',
    '*',
    '?',
    '$',
    '{',
    '}',
    '${',
    '${thing}',
    '$aws/',
    '$share/',
    '\u0000',
    '"',
    '\\',
    ',',
    'é',
    '${Token[TOKEN.1]}',
    '$(*)',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
      ),
      (text) => {
        let topic: Topic;
        try {
          topic = Topic.parse(text);
        } catch (error) {
          expect(ConfigurationError.is(error)).toBe(true);
          return;
        }
        expect(topic.toString()).toBe(text);
        const literal = topic.toTopicFilterResource().replace(/\$\{[^}]*\}/g, '');
        expect(literal).not.toMatch(/[*?]|\$[^a-z]/i);
        expect(topic.toTopicResource().match(/\*/g)?.length ?? 0).toBe(
          topic.levels.filter((level) => /^[+#]$/.test(level)).length,
        );
      },
    ),
    { numRuns: 500 },
  );
});

test('levels that only the deployment knows are said to be that', () => {
  expect(errorOf(() => Topic.of('a', ...Token.asList(Lazy.any({ produce: () => ['b'] }))))).toMatchObject({
    code: 'TopicInvalid',
    message: expect.stringContaining("'levels[1]': the levels must be a list that is known at synth: give each"),
  });
  const later = Lazy.any({ produce: () => 'a' }) as unknown as Topic;
  expect(errorOf(() => Topic.shared('group', later))).toMatchObject({
    code: 'TopicInvalid',
    message: expect.stringContaining("'topic' must be a Topic that is known at synth"),
  });
});

test.each(['${Token[thing]}', '${Token[]}', '${Token[TOKEN.1}', '${Token[a b.1]}', '${Token[TOKEN.x]}'])(
  '%s is no token of CDK, and no variable',
  (reference) => {
    const error = errorOf(() => Topic.parse(`pumps/${reference}/x`));
    expect(error.code).toBe('TopicVariableUnknown');
    expect(error.message).toContain(`"${reference}" is not a variable that a topic can use`);
  },
);
