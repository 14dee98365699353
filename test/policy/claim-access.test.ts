import { Token } from 'aws-cdk-lib';
import { ClaimAccess } from '../../lib/policy/claim-access';
import { testStack } from '../support/app';
import { decide, errorOf, length, PREFIX, SCOPE } from './oracle';

const document = (): { Statement: object[] } => ClaimAccess.forTemplate('Pumps', 'claim-').document(SCOPE);

test.each([
  'iot:Connect client/claim-7',
  'iot:Connect client/claim-',
  'iot:Publish topic/$aws/certificates/create-from-csr/json',
  'iot:Publish topic/$aws/certificates/create-from-csr/cbor',
  'iot:Publish topic/$aws/provisioning-templates/Pumps/provision/json',
  'iot:Publish topic/$aws/provisioning-templates/Pumps/provision/cbor',
  'iot:Subscribe topicfilter/$aws/certificates/create-from-csr/json/accepted',
  'iot:Subscribe topicfilter/$aws/certificates/create-from-csr/cbor/rejected',
  'iot:Subscribe topicfilter/$aws/provisioning-templates/Pumps/provision/json/accepted',
  'iot:Subscribe topicfilter/$aws/provisioning-templates/Pumps/provision/cbor/rejected',
  'iot:Receive topic/$aws/certificates/create-from-csr/json/accepted',
  'iot:Receive topic/$aws/certificates/create-from-csr/cbor/rejected',
  'iot:Receive topic/$aws/provisioning-templates/Pumps/provision/json/rejected',
  'iot:Receive topic/$aws/provisioning-templates/Pumps/provision/cbor/accepted',
])('allowed: %s', (request) => {
  const [action = '', resource = ''] = request.split(' ');
  expect(decide([document()], action, PREFIX + resource)).toBe('allowed');
});

test.each([
  'iot:Connect client/pump-7',
  'iot:Connect client/xclaim-7',
  'iot:Publish topic/$aws/certificates/create/json',
  'iot:Subscribe topicfilter/$aws/certificates/create/json/accepted',
  'iot:Receive topic/$aws/certificates/create/json/accepted',
  'iot:Publish topic/$aws/certificates/create-from-csr/json/accepted',
  'iot:Publish topic/$aws/provisioning-templates/Pumps/provision/json/accepted',
  'iot:Publish topic/$aws/provisioning-templates/Other/provision/json',
  'iot:Publish topic/$aws/provisioning-templates/Pumps2/provision/json',
  'iot:Subscribe topicfilter/$aws/provisioning-templates/+/provision/json/accepted',
  'iot:Subscribe topicfilter/#',
  'iot:Publish topic/pumps/pump-7/telemetry',
  'iot:RetainPublish topic/$aws/certificates/create-from-csr/json',
  'iot:AssumeRoleWithCertificate rolealias/a',
])('not allowed: %s', (request) => {
  const [action = '', resource = ''] = request.split(' ');
  expect(decide([document()], action, PREFIX + resource)).toBe('implicitly denied');
});

test('a prefix may hold a dot, which no thing name does', () => {
  const dotted = ClaimAccess.forTemplate('Pumps', 'claim.').document(SCOPE);
  expect(decide([dotted], 'iot:Connect', `${PREFIX}client/claim.7`)).toBe('allowed');
  expect(decide([dotted], 'iot:Connect', `${PREFIX}client/claimx7`)).toBe('implicitly denied');
});

test('claims leave no last will', () => {
  expect(document().Statement[0]).toEqual({
    Effect: 'Allow',
    Action: 'iot:Connect',
    Resource: `${PREFIX}client/claim-*`,
    Condition: { 'ForAllValues:StringEquals': { 'iot:ConnectAttributes': 'PersistentConnect' } },
  });
});

test('the longest names fit one document, wherever it is deployed', () => {
  const worst = { partition: 'aws-us-gov', region: 'us-isof-south-1', account: '123456789012' };
  expect(length(ClaimAccess.forTemplate('a'.repeat(36), 'b'.repeat(64)).document(worst))).toBeLessThanOrEqual(2048);
});

test('names that CloudFormation fills in pass', () => {
  const stack = testStack();
  const scope = { partition: stack.partition, region: stack.region, account: stack.account };
  const access = ClaimAccess.forTemplate(Token.asString({ Ref: 'Template' }), Token.asString({ Ref: 'Prefix' }));
  const text = JSON.stringify(stack.resolve(access.document(scope)));
  expect(text).toContain('":topic/$aws/provisioning-templates/",{"Ref":"Template"},"/provision/json"');
  expect(text).toContain('":client/",{"Ref":"Prefix"},"*"');
});

describe('fails for', () => {
  test.each(['', 'a'.repeat(37), 'a:b', 'a/b', '*', 'a b', ' a', '${thing}', '+', 'a\n'])(
    'template name %j',
    (name) => {
      const error = errorOf(() => ClaimAccess.forTemplate(name, 'claim-'));
      expect(error.code).toBe('PolicyAccessInvalid');
      expect(error.message).toContain("'templateName' must be 1 to 36 letters, digits, '_' and '-', got");
    },
  );

  test.each(['', 'a'.repeat(65), 'a/b', '*', 'a b', ' a', '${thing}', '+', 'a\n'])('client id prefix %j', (prefix) => {
    const error = errorOf(() => ClaimAccess.forTemplate('Pumps', prefix));
    expect(error.code).toBe('PolicyAccessInvalid');
    expect(error.message).toContain("'clientIdPrefix' must be 1 to 64 letters, digits, ':', '.', '_' and '-', got");
  });

  test.each(['*${Token[TOKEN.1]}', '${Token[TOKEN.1]}?', '${Token[TOKEN.1]}/a', '${iot:ClientId}${Token[TOKEN.1]}'])(
    'what stands beside a token: %s',
    (name) => {
      expect(errorOf(() => ClaimAccess.forTemplate(name, 'claim-')).message).toContain("'templateName' must be");
      expect(errorOf(() => ClaimAccess.forTemplate('Pumps', name)).message).toContain("'clientIdPrefix' must be");
    },
  );

  test('both at once', () => {
    expect(errorOf(() => ClaimAccess.forTemplate('', '')).message).toMatch(/'templateName'.*'clientIdPrefix'/);
  });
});
