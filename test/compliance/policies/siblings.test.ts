import { allow, CONNECT, policy, type Statement } from '../support/policies';
import { arnOf, iot, ref } from '../support/resources';
import type { Resources } from '../support/rewrite';
import { judge } from '../support/suite';

const one = (id: string, ...statements: Statement[]): Resources => ({ [id]: policy(...statements).DevicePolicy });
const USES = one('Uses', allow('iot:Publish', 'topic/dt/${iot:ClientId}/*'));
const attach = (id: string, certificate = 'arn:aws:iot:us-east-1:123456789012:cert/a'): Resources => ({
  ...iot('PolicyPrincipalAttachment', { PolicyName: ref(id), Principal: certificate }, `${id}At${certificate.at(-1)}`),
  ...iot(
    'ThingPrincipalAttachment',
    { ThingName: 't', Principal: certificate, ThingPrincipalType: 'EXCLUSIVE_THING' },
    `Thing${certificate.at(-1)}`,
  ),
});
const group = (...ids: string[]): Resources => ({
  ...iot('ThingGroup', { Tags: [{ Key: 'owner', Value: 'x' }] }, 'Group'),
  ...Object.fromEntries(
    ids.map((id) => [
      `Attach${id}`,
      { Type: 'Custom::Attach', Properties: { Policy: ref(id), Target: arnOf('Group') } },
    ]),
  ),
});
const rulesOf = (...parts: Resources[]): string[] =>
  judge([{ path: 't.json', body: { Resources: Object.assign({}, ...parts) as Resources } }], undefined).findings.map(
    ({ ruleId }) => ruleId,
  );
const OTHER = 'arn:aws:iot:us-east-1:123456789012:cert/b';

test('a client id that another policy of the certificate binds is a name', () => {
  expect(rulesOf(USES, one('Binds', CONNECT), attach('Uses'), attach('Binds'))).toEqual([]);
});

test('so is one that another policy of the group binds', () => {
  expect(rulesOf(USES, one('Binds', CONNECT), group('Uses', 'Binds'))).toEqual([]);
});

test.each<[string, Resources[]]>([
  ['attached to nothing', [USES, one('Binds', CONNECT)]],
  ['the other one attached elsewhere', [USES, one('Binds', CONNECT), attach('Uses'), attach('Binds', OTHER)]],
  [
    'bound on one certificate of two',
    [USES, one('Binds', CONNECT), attach('Uses'), attach('Uses', OTHER), attach('Binds')],
  ],
  [
    'beside one that says nothing of connecting',
    [USES, one('Beside', allow('iot:Publish', 'topic/a')), attach('Uses'), attach('Beside')],
  ],
  ['beside one that lets all connect', [USES, one('Open', allow('iot:Connect', '*')), attach('Uses'), attach('Open')]],
])('but not %s', (_name, parts) => {
  expect(rulesOf(...parts)).toContain('ZTI-GEN1');
});
