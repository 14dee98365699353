import { Ajv2020 } from 'ajv/dist/2020';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CheckInput, judge } from '../../../lib/compliance/engine';
import { type Evidence, evidenceOf } from '../../../lib/compliance/evidence/evidence';
import { evidenceHtml } from '../../../lib/compliance/evidence/html';
import { evidenceMarkdown } from '../../../lib/compliance/evidence/markdown';
import { REFERENCES } from '../../../lib/compliance/evidence/references';
import { tenetViews } from '../../../lib/compliance/evidence/words';
import { writeEvidence } from '../../../lib/compliance/evidence/write';
import { CATALOG } from '../../../lib/compliance/rules/catalog';
import { AUDIT } from '../../../lib/compliance/rules/aud1';
import { COG1 } from '../../../lib/compliance/rules/cog1';
import { PROFILE } from '../../../lib/compliance/rules/det1';
import { ROOT } from '../../support/sources';
import { grouped, policyOf } from '../access/support';
import { allow, CONNECT, THING } from '../support/policies';
import { OPEN } from '../support/resources';
import type { Resources } from '../support/rewrite';

const REASON = 'The gateway of plant 4 reads for all pumps owner=jo until=2027-01-31';
const schema = JSON.parse(readFileSync(join(ROOT, 'schema/evidence.schema.json'), 'utf8')) as object;
const validate = new Ajv2020({ allErrors: true }).compile(schema);

function report(resources: Resources, options: Partial<CheckInput> = {}): Evidence {
  const files = [{ path: 'app.json', body: { Resources: resources } }];
  const { result, model } = judge({
    files,
    today: '2026-11-22',
    profile: 'baseline',
    accountBaseline: 'elsewhere',
    ...options,
  });
  return evidenceOf({ result, model, version: '1.2.3', digestOf: () => 'a'.repeat(64) });
}

const state = (evidence: Evidence, tenet: number) => evidence.tenets[tenet - 1]?.state;
const rule = (evidence: Evidence, id: string) => evidence.rules.find((each) => each.id === id);
const view = (evidence: Evidence, tenet: number) => tenetViews(evidence)[tenet - 1]!;

const GOOD = grouped([CONNECT, allow('iot:Publish', `topic/dt/${THING}/*`)]);
const BAD = grouped([CONNECT, allow('iot:Publish', 'topic/dt/*')]);
const WAIVER = { id: 'ZeroTrustIoT::ZTI-POL3', reason: REASON, scope: 'app.json#PumpsPolicy' };
const ALL: { readonly [name: string]: Evidence } = {
  good: report(GOOD),
  bad: report(BAD),
  waived: report(BAD, { waivers: [WAIVER] }),
  unknown: report(grouped([CONNECT, { Effect: 'Allow', Action: 'iot:Publish', Resource: OPEN }])),
  watched: report({ ...GOOD, ...AUDIT, ...PROFILE }),
  empty: report({}),
  strange: report(GOOD, {
    rules: [
      {
        ...CATALOG[0]!,
        check: () => {
          throw new Error('on purpose');
        },
      },
    ],
  }),
};

test.each(Object.entries(ALL))('%s: fits the schema', (_name, evidence) => {
  expect(validate(JSON.parse(JSON.stringify(evidence))) ? [] : validate.errors).toEqual([]);
});

describe('tenet by tenet', () => {
  test('what is proven, and on what', () => {
    const evidence = ALL.good!;
    expect(state(evidence, 3)).toBe('shown');
    expect(rule(evidence, 'ZTI-POL3')?.proven).toEqual([
      { file: 'app.json', logicalId: 'PumpsPolicy', constructPath: 'PumpsPolicy' },
    ]);
    expect(view(evidence, 3).shown.map(({ id }) => id)).toContain('ZTI-POL3');
    expect(view(evidence, 3).idle).toContain('ZTI-PRV1');
  });

  test('what fails is not proven', () => {
    const evidence = ALL.bad!;
    expect([state(evidence, 3), state(evidence, 4), state(evidence, 2)]).toEqual(['failed', 'failed', 'partly']);
    expect(rule(evidence, 'ZTI-POL3')).toMatchObject({ state: 'failed', proven: [] });
    expect(rule(evidence, 'ZTI-POL2')?.proven).toHaveLength(1);
    expect(view(evidence, 3).findings.map(({ rule: id }) => id)).toEqual(['ZTI-POL3']);
    expect(evidence.verdict).toMatchObject({ passed: false, broken: false, counts: { error: 1 } });
  });

  test('without anything of what it is about, a tenet is shown in part', () => {
    const tagged = {
      Thing: { Type: 'AWS::IoT::Thing', Properties: { AttributePayload: { Attributes: { owner: 'x' } } } },
    };
    const logged = { Logging: { Type: 'AWS::IoT::Logging', Properties: { DefaultLogLevel: 'WARN' } } };
    expect([1, 7].map((tenet) => state(report(tagged), tenet))).toEqual(['shown', 'partly']);
    expect(state(report({ ...tagged, ...logged }), 7)).toBe('shown');
    expect([4, 5].map((tenet) => state(ALL.good!, tenet))).toEqual(['partly', 'partly']);
    expect([4, 5].map((tenet) => state(ALL.watched!, tenet))).toEqual(['shown', 'shown']);
  });

  test('nothing shows nothing', () => {
    const states = ALL.empty!.tenets.map((tenet) => tenet.state);
    expect(states.filter((each) => each === 'shown' || each === 'partly')).toEqual([]);
    expect(ALL.empty!.tenets.flatMap((tenet) => view(ALL.empty!, tenet.number).shown)).toEqual([]);
  });

  test('a role that no identity pool has shows nothing of pools', () => {
    const { AuditRole } = AUDIT;
    expect(rule(report({ AuditRole }), 'ZTI-COG1')?.proven).toEqual([]);
    expect(rule(report(COG1.example), 'ZTI-COG1')?.proven.map(({ logicalId }) => logicalId)).toEqual([
      'Attachment',
      'UserRole',
    ]);
  });

  test('what is waived: reason, owner, end', () => {
    const evidence = ALL.waived!;
    expect(state(evidence, 3)).toBe('partly');
    expect(view(evidence, 3).waived).toMatchObject([
      {
        rule: 'ZTI-POL3',
        reason: 'The gateway of plant 4 reads for all pumps',
        owner: 'jo',
        until: '2027-01-31',
        scope: 'app.json#PumpsPolicy',
      },
    ]);
    expect(rule(evidence, 'ZTI-POL3')?.proven).toEqual([]);
    expect(evidence.verdict.passed).toBe(true);
  });

  test('what was known before', () => {
    const [finding] = ALL.bad!.findings;
    const evidence = report(BAD, { known: new Set([finding!.fingerprint]) });
    expect(state(evidence, 3)).toBe('partly');
    expect(view(evidence, 3).known).toHaveLength(1);
  });

  test('what cannot be verified concerns the tenets of policies, and proves nothing', () => {
    const evidence = ALL.unknown!;
    expect([state(evidence, 3), state(evidence, 6), state(evidence, 2)]).toEqual([
      'not-verified',
      'not-verified',
      'partly',
    ]);
    expect(rule(evidence, 'ZTI-POL3')?.proven).toEqual([]);
    expect(view(evidence, 3).notVerified).toHaveLength(1);
    expect(evidence.verdict.counts.notVerified).toBe(1);
  });

  test('what a rule could not decide concerns its tenets', () => {
    const evidence = report({
      Domain: { Type: 'AWS::IoT::DomainConfiguration', Properties: { TlsConfig: { SecurityPolicy: OPEN } } },
    });
    expect(evidence.findings.find(({ about }) => about === 'ZTI-TLS1')).toMatchObject({ rule: 'ZTI-GEN1' });
    expect(state(evidence, 2)).toBe('not-verified');
    expect(rule(evidence, 'ZTI-TLS1')?.proven).toEqual([]);
  });

  test('a rule that did not run is no evidence', () => {
    const evidence = ALL.strange!;
    expect(evidence.verdict.broken).toBe(true);
    expect(view(evidence, 3).notRun).toContain('ZTI-POL1');
    expect(state(evidence, 1)).toBe('not-verified');
    expect(rule(evidence, 'ZTI-POL1')?.proven).toEqual([]);
  });

  test('nothing is proven by what is not there', () => {
    expect(rule(ALL.good!, 'ZTI-AUD1')?.proven).toEqual([]);
    expect(rule(ALL.good!, 'ZTI-LOG1')?.proven).toEqual([]);
    expect(rule(ALL.good!, 'ZTI-MIT1')?.proven).toEqual([]);
    expect(rule(ALL.good!, 'ZTI-PRV2')?.proven).toEqual([]);
    expect(rule(ALL.good!, 'ZTI-GEN2')?.provenOnAll).toBeUndefined();
    expect(rule(ALL.watched!, 'ZTI-AUD1')?.proven.map(({ logicalId }) => logicalId)).toEqual(['Audit']);
    expect(state(ALL.good!, 7)).not.toBe('failed');
    expect(state(report({ T: { Type: 'AWS::SNS::Topic', Properties: {} } }), 7)).toBe('nothing-to-judge');
  });

  test('a claim policy does not show that devices connect as themselves', () => {
    const claim = policyOf([
      allow('iot:Connect', 'client/claim-*'),
      allow('iot:Publish', 'topic/$aws/certificates/create-from-csr/json'),
    ]);
    const evidence = report({ Claim: claim });
    expect(rule(evidence, 'ZTI-POL2')?.proven).toEqual([]);
    expect(rule(evidence, 'ZTI-PRV2')?.proven).toHaveLength(1);
  });
});

describe('what only the running account shows', () => {
  const find = (evidence: Evidence, name: string) => evidence.runtime.find((each) => each.name === name);

  test('audit checks that the templates turn on, or not', () => {
    expect(find(ALL.watched!, 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK')).toMatchObject({
      state: 'on',
      where: ['Audit'],
      completes: expect.arrayContaining(['ZTI-POL3']) as unknown,
    });
    expect(find(ALL.good!, 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK')).toMatchObject({ state: 'absent', where: [] });
    const half = report({
      Audit: { Type: 'AWS::IoT::AccountAuditConfiguration', Properties: { AuditCheckConfigurations: OPEN } },
    });
    expect(find(half, 'LOGGING_DISABLED_CHECK')?.state).toBe('unknown');
    const off = report({
      Audit: { Type: 'AWS::IoT::AccountAuditConfiguration', Properties: { AuditCheckConfigurations: {} } },
    });
    expect(find(off, 'LOGGING_DISABLED_CHECK')?.state).toBe('off');
  });

  test('behaviors by what they watch; a metric of your own, whatever its name', () => {
    expect(find(ALL.watched!, 'aws:num-authorization-failures')).toMatchObject({
      kind: 'behavior',
      where: ['Profile num-authorization-failures'],
      tenets: [3, 4, 6],
    });
    const Behaviors = [{ Name: 'hot', Metric: 'constructor' }];
    const odd = report({ P: { Type: 'AWS::IoT::SecurityProfile', Properties: { Behaviors } } });
    expect(find(odd, 'constructor')).toMatchObject({ tenets: [5, 7] });
    expect(view(odd, 7).runtime.map(({ name }) => name)).toContain('constructor');
  });
});

describe('other catalogs', () => {
  test('every item that a rule names is known, with a source', () => {
    const keys = REFERENCES.map(({ key }) => key);
    expect(CATALOG.flatMap(({ evidenceFor }) => evidenceFor).filter((each) => !keys.includes(each))).toEqual([]);
    expect(REFERENCES.filter(({ framework }) => !framework.source.startsWith('https://'))).toEqual([]);
  });

  test('evidence for and against, never a statement of compliance', () => {
    const item = (evidence: Evidence) => evidence.references.find(({ id }) => id === 'IOTSEC04-BP01');
    expect(item(ALL.good!)?.evidence).toContain('ZTI-POL3');
    expect(item(ALL.bad!)).toMatchObject({ against: ['ZTI-POL3'] });
    for (const evidence of Object.values(ALL)) {
      for (const text of [JSON.stringify(evidence), evidenceMarkdown(evidence), evidenceHtml(evidence)])
        expect(text).not.toMatch(/compliant with|certified|fully compl/i);
    }
  });
});

describe('files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'zero-trust-iot-evidence-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('three forms, the same bytes each time, without a date', () => {
    const again = (name: string) =>
      writeEvidence(
        report(BAD, { waivers: [WAIVER], today: name === 'one' ? '2026-11-22' : '2026-12-24' }),
        folder,
        name,
      ).map((path) => readFileSync(path, 'utf8'));
    const [one, two] = [again('one'), again('two')];
    expect(one).toEqual(two);
    expect(readdirSync(folder).sort()).toEqual(['one.html', 'one.json', 'one.md', 'two.html', 'two.json', 'two.md']);
    expect(one.join().replaceAll('2027-01-31', '')).not.toMatch(/20\d\d-\d\d-\d\d/);
  });

  test('what is the same is not written again', () => {
    const [path] = writeEvidence(ALL.good!, folder, 'same');
    const before = statSync(path!).mtimeMs;
    writeEvidence(ALL.good!, folder, 'same');
    expect(statSync(path!).mtimeMs).toBe(before);
  });
});

describe('hostile names and texts', () => {
  const NASTY = [
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    '[click](javascript:alert(1))',
    '![x](https://evil.example/x.png)',
    '| a | b |\n\n# heading\n\n- item',
    '``` code',
    '\u001b[31mred\u001b[0m',
    '\u202eright to left',
    '&lt;b&gt; &#60;i&#62;',
    '</style><style>*{display:none}</style>',
    'https://evil.example @everyone',
  ];
  const nasty = (text: string): Evidence => {
    const resources = {
      [text]: {
        ...policyOf(
          [
            CONNECT,
            allow('iot:Publish', `topic/${text}/*`),
            { ...allow('iot:Receive', 'topic/x'), Condition: { StringEquals: { 'a:b': text } } },
          ],
          text,
        ),
      },
      Group: { Type: 'AWS::IoT::ThingGroup', Properties: { ThingGroupName: text } },
      Hang: {
        Type: 'Custom::IotGroupPolicies',
        Properties: { ThingGroupName: { Ref: 'Group' }, Policies: [{ Name: { Ref: text } }] },
      },
      Profile: { Type: 'AWS::IoT::SecurityProfile', Properties: { Behaviors: [{ Name: text, Metric: text }] } },
      [`Odd${text}`]: { Type: text, Metadata: { 'aws:cdk:path': text } },
    };
    const waiver = {
      id: 'ZeroTrustIoT::ZTI-POL3',
      reason: `${text} and twenty characters owner=${text.replaceAll(/\s/g, '')} until=2027-01-31`,
      scope: `${text}#${text}`,
    };
    const files = [{ path: text, body: { Resources: resources } }];
    const { result, model } = judge({
      files,
      today: '2026-11-22',
      profile: 'baseline',
      accountBaseline: 'elsewhere',
      waivers: [waiver],
    });
    return evidenceOf({ result, model, version: '1' });
  };
  const elementsOf = (html: string): string[] =>
    [...html.matchAll(/<\/?([a-z][a-z0-9]*)/gi)].map(([, name]) => name!.toLowerCase());
  const KNOWN = new Set(
    elementsOf(evidenceHtml(ALL.watched!)).concat(
      elementsOf(evidenceHtml(ALL.waived!)),
      elementsOf(evidenceHtml(ALL.unknown!)),
    ),
  );

  test.each(NASTY)('%j adds no element to the page', (text) => {
    const html = evidenceHtml(nasty(text));
    expect(elementsOf(html).filter((name) => !KNOWN.has(name))).toEqual([]);
    // Within quotes it is text.
    expect(html.replaceAll(/="[^"]*"/g, '')).not.toMatch(/<[a-z][^>]*\son[a-z]+=/i);
    expect(
      [...html.matchAll(/(?:href|src)="([^"]*)"/g)]
        .map(([, url]) => url!)
        .filter(
          (url) =>
            !/^(#|https:\/\/(github\.com\/cdk-iot|docs\.aws|www\.etsi|webstore\.iec|doi\.org|eur-lex))/.test(url),
        ),
    ).toEqual([]);
    expect(html.match(/<style>/g)).toHaveLength(1);
    for (const char of ['\u001b', '\u202e']) expect(html).not.toContain(char);
  });

  test.each(NASTY)('%j breaks no table, list or fence of the Markdown', (text) => {
    const markdown = evidenceMarkdown(nasty(text));
    for (const char of ['\u001b', '\u202e']) expect(markdown).not.toContain(char);
    // Whatever stands outside of code is markup of ours: no raw element, no link but ours.
    const outside = markdown.split('\n').map((line) => line.replaceAll(/(`+)(?!`).*?(?<!`)\1(?!`)/g, ''));
    expect(outside.filter((line) => /<[a-z!/]/i.test(line))).toEqual([]);
    expect(
      outside.filter((line) =>
        /(?<!\\)\]\((?!https:\/\/(github\.com\/cdk-iot|docs\.aws|www\.etsi|webstore\.iec|doi\.org|eur-lex))/.test(line),
      ),
    ).toEqual([]);
    const tables = outside.filter((line) => line.startsWith('|')).map((line) => line.split(/(?<!\\)\|/).length - 2);
    expect(tables.filter((columns) => columns < 2 || columns > 4)).toEqual([]);
    expect(outside.filter((line) => /^#{1,6} (heading|item)/.test(line) || line === '- item')).toEqual([]);
    expect(outside.filter((line) => /(?<!\()https:\/\/evil/.test(line))).toEqual([]);
  });
});

describe('the page', () => {
  test('loads nothing and runs nothing', () => {
    const html = evidenceHtml(ALL.watched!);
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/<(script|link|img|iframe|object|form)\b|@import|url\(/i);
  });

  test('says what failed, what is waived and who may do what', () => {
    const html = evidenceHtml(ALL.bad!);
    expect(html).toContain('Some rules fail.');
    expect(html).toContain('device &#39;device-a&#39; can publish to');
    expect(html).toContain('<summary>Every member of Pumps</summary>');
    expect(evidenceHtml(ALL.waived!)).toContain('<b>Owner:</b> jo <b>Until:</b> 2027-01-31');
    expect(evidenceHtml(ALL.strange!)).toContain('The check could not be done in full');
    expect(evidenceHtml(ALL.empty!)).toContain('Nobody: the templates hold no AWS IoT policy.');
  });
});
