import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { CHECK_USAGE } from '../../bin/cli/check';
import { allow, CONNECT, policy, THING } from '../compliance/support/policies';
import { folderOf, run } from './support';

const GOOD = { Resources: policy(CONNECT, allow('iot:Publish', `topic/dt/${THING}/*`)) };
const BAD = { Resources: policy(CONNECT, allow('iot:Publish', 'topic/dt/*')) };
const FATAL = { Resources: policy(allow('iot:*', '*')) };
const WARNING = { Resources: policy(CONNECT, allow('iot:Subscribe', `topicfilter/cmd/${THING}`)) };

const waived = (reason: string) => ({
  Resources: {
    DevicePolicy: {
      ...(BAD.Resources.DevicePolicy as object),
      Metadata: { ZeroTrustIoT: [{ id: 'ZTI-POL3', reason }] },
    },
  },
});
const REASON = 'The broker of plant 4 is read by one gateway owner=jo until=2027-01-31';

describe('exit codes', () => {
  test.each<[string, unknown, number]>([
    ['a good template', GOOD, 0],
    ['warnings only', WARNING, 0],
    ['a bad template', BAD, 1],
    ['something that cannot be waived', FATAL, 1],
    ['a waived finding', waived(REASON), 0],
    ['an expired waiver', waived(REASON.replace('2027-01-31', '2026-11-21')), 1],
    ['a template without resources', { Resources: {} }, 2],
    ['something else', { hello: 'world' }, 2],
    ['no JSON', '{ "Resources": ', 2],
    ['an empty file', '', 2],
  ])('%s', (_name, template, exit) => {
    expect(run('check', join(folderOf({ 'template.json': template }), 'template.json')).exit).toBe(exit);
  });

  test.each<[string, unknown, string]>([
    ['that is no list', { id: 'ZTI-POL3', reason: REASON }, ''],
    ['of a rule that is misspelled', [{ id: 'ZTI-POL33', reason: REASON }], "there is no rule 'ZTI-POL33' to waive"],
    ['of no rule', [{ reason: REASON }], "there is no rule '' to waive"],
    ['without a reason', [{ id: 'ZTI-POL3' }], 'has no reason of at least 20 characters'],
    ['that is text', 'ZTI-POL3', 'has no reason of at least 20 characters'],
  ])('a waiver %s', (_name, ZeroTrustIoT, says) => {
    const { DevicePolicy } = BAD.Resources as { DevicePolicy: object };
    const template = { Resources: { DevicePolicy: { ...DevicePolicy, Metadata: { ZeroTrustIoT } } } };
    const { exit, out } = run('check', folderOf({ 'template.json': template }));
    expect(exit).toBe(says === '' ? 0 : 1);
    expect(out).toContain(says);
  });

  test.each([
    ['baseline', 0, 'WARNING'],
    ['strict', 1, 'ERROR'],
  ])('a waiver that matches nothing is told, in profile %s', (profile, exit, word) => {
    const { DevicePolicy } = GOOD.Resources as { DevicePolicy: object };
    const Metadata = { ZeroTrustIoT: [{ id: 'ZTI-POL3', reason: REASON }] };
    const folder = folderOf({ 'template.json': { Resources: { DevicePolicy: { ...DevicePolicy, Metadata } } } });
    const result = run('check', folder, '--profile', profile);
    expect(result.exit).toBe(exit);
    expect(result.out).toContain(`${word} ZTI-GEN2`);
    const says = 'the waiver of ZTI-POL3 (owner jo, until 2027-01-31) matches no finding: remove it';
    for (const format of ['text', 'json', 'sarif', 'junit'])
      expect(run('check', folder, '--profile', profile, '--format', format).out).toContain(says);
  });

  test('what stands twice in a template is not passed', () => {
    const written = JSON.stringify(GOOD).replace('"Effect":"Allow"', '"Effect":"Allow","Effect":"Deny"');
    const { exit, out } = run('check', folderOf({ 'template.json': written }));
    expect(exit).toBe(2);
    expect(out).toContain("'Effect' stands twice in one object: which one counts is not known");
  });

  test('the last day of a waiver counts', () => {
    const folder = folderOf({ 'template.json': waived(REASON.replace('2027-01-31', '2026-11-22')) });
    expect(run('check', folder).exit).toBe(0);
  });

  test.each([
    [['check'], /name at least one template/],
    [['check', '/does/not/exist'], /nothing was checked/],
    [['check', 'x', '--format', 'xml'], /must be one of text, json, sarif, junit, got 'xml'/],
    [['check', 'x', '--profile', 'lax'], /baseline, strict/],
    [['check', 'x', '--what'], /--what/],
    [['check', 'x', '--baseline', '/does/not/exist'], /does\/not\/exist/],
    [['check', 'x', '--update-baseline'], /needs --baseline/],
    [['check', 'x', '--json', '--format', 'sarif'], /--json .* cannot stand beside --format sarif/],
    [['frobnicate'], /is no command/],
    [[], /zero-trust-iot check/],
  ])('%j cannot be done', (argv, says) => {
    const { exit, out, err } = run(...argv);
    expect(exit).toBe(2);
    expect(out + err).toMatch(says);
  });

  test('a folder without a template cannot be checked', () => {
    expect(run('check', folderOf({ 'readme.txt': 'hello' })).exit).toBe(2);
  });

  test('a template that cannot be read spoils the whole check', () => {
    const { exit, out } = run('check', folderOf({ 'good.json': GOOD, 'broken.yaml': 'Resources:\n\t- x' }));
    expect(exit).toBe(2);
    expect(out).toContain('broken.yaml');
  });

  test('why YAML cannot be read is one line, with the place', () => {
    const { exit, out } = run('check', folderOf({ 'a.yaml': 'Resources: [' }));
    expect(exit).toBe(2);
    expect(out).toMatch(/\n {2}cannot be read: \D+ at line 1, column \d+\n/);
  });

  test('what is no template is left alone in a folder', () => {
    expect(
      run('check', folderOf({ 'good.json': GOOD, 'tsconfig.json': '{ // comment\n}', 'data.json': '[1]' })).exit,
    ).toBe(0);
  });

  test.each<[string, string, unknown, number]>([
    ['a name in capitals', 'TEMPLATE.YML', JSON.stringify(BAD), 1],
    ['a name with capitals', 'Template.Json', BAD, 1],
    ['a mark before the text', 'template.json', `\uFEFF${JSON.stringify(BAD)}`, 1],
    ['ends of lines of Windows', 'template.yaml', 'Resources:\r\n  T:\r\n    Type: AWS::IoT::ThingType\r\n', 0],
    ['another encoding', 'template.json', [...JSON.stringify(BAD)].join('\0'), 2],
    ['two documents', 'template.yaml', '---\nResources: {}\n---\nResources: {}\n', 2],
  ])('a template in a folder, with %s', (_name, file, content, exit) => {
    expect(run('check', folderOf({ [file]: content, 'good.json': GOOD })).exit).toBe(exit);
  });

  test('strict turns what cannot be verified into an error', () => {
    const template = {
      Parameters: { Topic: { Type: 'String' } },
      Resources: policy(CONNECT, { Effect: 'Allow', Action: 'iot:Publish', Resource: { Ref: 'Topic' } }),
    };
    const folder = folderOf({ 'template.json': template });
    expect(run('check', folder).exit).toBe(0);
    expect(run('check', folder, '--profile', 'strict').exit).toBe(1);
  });

  test('help and version', () => {
    expect(run('check', '--help')).toEqual({ exit: 0, out: `${CHECK_USAGE}\n`, err: '' });
    expect(run('--help').out).toContain('zero-trust-iot can');
    expect(run('--version').out).toBe('1.2.3\n');
  });
});

describe('templates', () => {
  const YAML = `AWSTemplateFormatVersion: 2010-09-09
Resources:
  DevicePolicy:
    Type: AWS::IoT::Policy
    Properties:
      PolicyDocument:
        Version: 2012-10-17
        Statement:
          - Effect: Allow
            Action: !Split [",", "iot:Connect,iot:Publish"]
            Resource:
              - !Sub arn:aws:iot:\${AWS::Region}:\${AWS::AccountId}:client/\${!iot:ClientId}
              - !Join ["", [!Sub "arn:aws:iot:\${AWS::Region}:", !Ref AWS::AccountId, ":topic/dt/*"]]
`;

  test('YAML with short forms', () => {
    const { exit, out } = run('check', folderOf({ 'template.yaml': YAML }));
    expect(exit).toBe(1);
    expect(out).toContain("device 'device-a' can connect as 'device-b'");
    expect(out).toContain('template.yaml:3 DevicePolicy');
  });

  test('a tag that is not known is no plain text', () => {
    const { exit, out } = run('check', folderOf({ 'template.yaml': YAML.replace('!Split', '!Magic') }));
    expect(exit).toBe(2);
    expect(out).toMatch(/Magic/);
  });

  test('lines of JSON', () => {
    const folder = folderOf({ 'template.json': BAD });
    const [finding] = (JSON.parse(run('check', folder, '--json').out) as { findings: { line: number }[] }).findings;
    const line = readFileSync(join(folder, 'template.json'), 'utf8').split('\n')[finding!.line - 1];
    expect(line).toContain('"DevicePolicy"');
  });

  test('several paths are one app', () => {
    const exporting = {
      Resources: { Handle: { Type: 'AWS::CloudFormation::WaitConditionHandle' } },
      Outputs: { Topic: { Value: 'arn:aws:iot:eu-central-1:1:topic/*', Export: { Name: 'topic' } } },
    };
    const importing = {
      Resources: policy(CONNECT, { Effect: 'Allow', Action: 'iot:Publish', Resource: { 'Fn::ImportValue': 'topic' } }),
    };
    const folders = [folderOf({ 'a.json': exporting }), folderOf({ 'b.json': importing })];
    expect(run('check', folders[1]!).out).toContain('cannot be judged in full');
    const { exit, out } = run('check', ...folders);
    expect(exit).toBe(1);
    expect(out).not.toContain('cannot be judged in full');
  });
});

describe('ratchet', () => {
  test('only what is new fails', () => {
    const folder = folderOf({ 'template.json': BAD });
    const baseline = join(folderOf({}), 'baseline.json');
    expect(run('check', folder, '--baseline', baseline, '--update-baseline').exit).toBe(0);
    expect(run('check', folder, '--baseline', baseline).exit).toBe(0);
    writeFileSync(
      join(folder, 'template.json'),
      JSON.stringify({ Resources: policy(CONNECT, allow('iot:Publish', ['topic/dt/*', 'topic/more/*'])) }),
    );
    const { exit, out } = run('check', folder, '--baseline', baseline);
    expect(exit).toBe(1);
    expect(out).toContain('topic/more/*');
    expect(out).not.toContain('topic/dt/*:');
  });

  test('a renamed resource is new, and what it was called before is named', () => {
    const folder = folderOf({ 'template.json': BAD });
    const baseline = join(folderOf({}), 'baseline.json');
    run('check', folder, '--baseline', baseline, '--update-baseline');
    expect(run('check', folder, '--baseline', baseline).err).toBe('');
    const renamed = JSON.stringify(BAD).replace('"DevicePolicy":', '"PumpPolicy":');
    writeFileSync(join(folder, 'template.json'), renamed);
    const after = run('check', folder, '--baseline', baseline);
    expect(after.exit).toBe(1);
    expect(after.out).toContain('PumpPolicy');
    expect(after.err).toMatch(/not found any more.*--update-baseline:\n {2}ZTI-POL3 .*template\.json#DevicePolicy\n/);
    expect(run('check', folder, '--baseline', baseline, '--update-baseline')).toMatchObject({
      exit: 0,
      err: expect.not.stringContaining('any more') as string,
    });
    expect(run('check', folder, '--baseline', baseline)).toMatchObject({ exit: 0, err: '' });
  });

  test('a baseline that is none fails', () => {
    const folder = folderOf({ 'template.json': BAD, 'baseline.txt': '{}' });
    expect(run('check', folder, '--baseline', join(folder, 'baseline.txt'))).toMatchObject({
      exit: 2,
      err: expect.stringContaining('is no baseline') as string,
    });
  });
});

describe('formats', () => {
  const folder = (): string => folderOf({ 'bad.json': BAD, 'waived.json': waived(REASON) });

  test('SARIF is valid, with suppressions and their justification', () => {
    const log = JSON.parse(run('check', folder(), '--format', 'sarif').out) as {
      runs: { results: { ruleId: string; suppressions?: { justification: string }[] }[] }[];
    };
    const schema = JSON.parse(readFileSync(join(__dirname, 'schema/sarif-2.1.0.json'), 'utf8')) as {
      $schema?: string;
      id?: string;
    };
    // Draft 4, of which the schema uses nothing that later drafts read differently.
    delete schema.$schema;
    delete schema.id;
    const validate = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(schema);
    expect([validate(log), validate.errors]).toEqual([true, null]);
    const { results } = log.runs[0]!;
    expect(results.map(({ ruleId }) => ruleId)).toEqual(['ZTI-POL3', 'ZTI-POL3']);
    expect(results[1]!.suppressions![0]!.justification).toContain('owner jo, until 2027-01-31');
  });

  test('SARIF says when the check could not be done', () => {
    const { exit, out } = run('check', '/does/not/exist', '--format', 'sarif');
    expect(exit).toBe(2);
    expect(
      (JSON.parse(out) as { runs: { invocations: { executionSuccessful: boolean }[] }[] }).runs[0]!.invocations[0]!
        .executionSuccessful,
    ).toBe(false);
  });

  test('JUnit counts a test for each rule', () => {
    const { out } = run('check', folder(), '--format', 'junit');
    expect(out).toMatch(/<testsuite name="zero-trust-iot" tests="45" failures="1"/);
    expect(out).toContain('<failure message="1 findings">');
    expect(out).toContain('topic/dt/*');
  });

  test('JSON holds everything', () => {
    expect(JSON.parse(run('check', folder(), '--format', 'json').out)).toMatchObject({
      tool: { name: 'zero-trust-iot', version: '1.2.3' },
      success: false,
      findings: [{ ruleId: 'ZTI-POL3', severity: 'error' }],
      waived: [{ ruleId: 'ZTI-POL3', waiver: { owner: 'jo' } }],
      inventory: { 'AWS::IoT::Policy': 2 },
    });
  });

  test('text of a template never reaches the terminal as control characters', () => {
    const hostile = {
      Resources: { 'P\u001b[2K\u202e': policy(allow('iot:Publish', 'topic/\u001b]0;x\u0007*')).DevicePolicy },
    };
    const { out } = run('check', folderOf({ 'a.json': hostile }));
    expect(out).toContain('\\u001b');
    // eslint-disable-next-line no-control-regex -- control characters are what is looked for
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });
});
