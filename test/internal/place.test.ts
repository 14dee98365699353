import { App, NestedStack, Stack } from 'aws-cdk-lib';
import { CfnThingGroup, CfnThingType } from 'aws-cdk-lib/aws-iot';
import { Device } from '../../lib/identity/device';
import { ClaimEnrollment } from '../../lib/identity/claim-enrollment';
import { Problems } from '../../lib/internal/problems';
import { Access, GroupPolicies } from '../../lib/policy';
import { AuditSuppression } from '../../lib/posture/audit-suppression';
import { AuditCheck } from '../../lib/posture/audit-check';
import { DeviceDefenderAudit } from '../../lib/posture/device-defender-audit';
import { ScheduledAudit } from '../../lib/posture/scheduled-audit';
import { SuppressedResource } from '../../lib/posture/suppressed-resource';
import { SuppressionExpiry } from '../../lib/posture/suppression-expiry';
import { FleetGroup } from '../../lib/quarantine';
import { OPENSSL_EC_REQUEST } from '../support/certificate-request';
import { testApp } from '../support/app';
import { checkPlaces, deployedWith, placeProblem, regionProblem } from '../../lib/internal/place';

const HERE = { account: '123456789012', region: 'eu-west-1' };
const stack = () => new Stack(new App(), 'S', { env: HERE });

test('nested stacks are deployed with the one that they are in', () => {
  const outer = stack();
  const inner = new NestedStack(new NestedStack(outer, 'N'), 'M');
  expect([deployedWith(inner), deployedWith(outer)]).toEqual([outer, outer]);
});

test.each([
  ['of the same place', HERE],
  ['of nobody knows where', undefined],
  ['of a stack for any place', new Stack(new App(), 'Any')],
  ['of the same region, in some account', { account: new Stack(new App(), 'Any').account, region: 'eu-west-1' }],
])('a resource %s can be used', (_name, env) => {
  expect(placeProblem(stack(), { env })).toBeUndefined();
  expect(placeProblem(new Stack(new App(), 'Any'), { env })).toBeUndefined();
});

test.each([
  ['another region', { ...HERE, region: 'eu-west-2' }, '123456789012, eu-west-2'],
  ['another account', { ...HERE, account: '111122223333' }, '111122223333, eu-west-1'],
  ['another region, in some account', { account: new Stack(new App(), 'Any').account, region: 'x' }, 'any, x'],
])('a resource of %s cannot', (_name, env, named) => {
  expect(placeProblem(stack(), { env })).toBe(
    `must be of the account and region of its stack (123456789012, eu-west-1), got one of ${named}`,
  );
});

test('where the region alone counts, another account will do', () => {
  expect(regionProblem(stack(), { env: { account: '111122223333', region: 'eu-west-1' } })).toBeUndefined();
  expect(regionProblem(stack(), { env: new Stack(new App(), 'Any') })).toBeUndefined();
  expect(regionProblem(stack(), {})).toBeUndefined();
  expect(regionProblem(stack(), { env: { ...HERE, region: 'us-east-1' } })).toBe(
    'is in us-east-1, and this stack in eu-west-1',
  );
});

test('what is elsewhere is reported by its property', () => {
  const problems = new Problems();
  checkPlaces(stack(), { here: { env: HERE }, none: undefined }, problems);
  expect(problems.isEmpty).toBe(true);
  checkPlaces(stack(), { there: { env: { ...HERE, region: 'x' } } }, problems);
  expect(() => problems.throwIfAny()).toThrow(/^'there' must be of the account and region .*\[ResourceElsewhere\]$/);
});

describe('resources of another region or account are refused by', () => {
  const FAR = 'arn:aws:iot:us-east-1:444455556666:';
  const access = () => [Access.shadow()];
  const group = (scope: Stack) => CfnThingGroup.fromThingGroupArn(scope, 'Far', `${FAR}thinggroup/far`);
  const near = (scope: Stack) => new CfnThingGroup(scope, 'Near');
  const auditElsewhere = (scope: Stack) =>
    new DeviceDefenderAudit(
      new Stack(scope.node.root as App, 'Far', { env: { ...HERE, region: 'us-east-1' } }),
      'Audit',
    );
  const csr = OPENSSL_EC_REQUEST;

  test.each<[string, string, (scope: Stack) => unknown]>([
    [
      'a device',
      'fleetGroup',
      (scope) => new Device(scope, 'X', { certificateSigningRequest: csr, fleetGroup: group(scope) }),
    ],
    [
      'an enrollment',
      'thingType',
      (scope) =>
        new ClaimEnrollment(scope, 'X', {
          fleetGroup: near(scope),
          thingType: CfnThingType.fromThingTypeArn(scope, 'Type', `${FAR}thingtype/far`),
        }),
    ],
    ['an enrollment, too', 'fleetGroup', (scope) => new ClaimEnrollment(scope, 'X', { fleetGroup: group(scope) })],
    [
      'a fleet group',
      'parentGroup',
      (scope) => new FleetGroup(scope, 'X', { access: access(), parentGroup: group(scope) }),
    ],
    [
      'policies',
      'thingGroup',
      (scope) => new GroupPolicies(scope, 'X', { access: access(), thingGroup: group(scope) }),
    ],
    ['a scheduled audit', 'audit', (scope) => new ScheduledAudit(scope, 'X', { audit: auditElsewhere(scope) })],
    [
      'a suppression',
      'audit',
      (scope) =>
        new AuditSuppression(scope, 'X', {
          audit: auditElsewhere(scope),
          check: AuditCheck.DEVICE_CERTIFICATE_SHARED,
          resource: SuppressedResource.deviceCertificate('ab'.repeat(32)),
          expiry: SuppressionExpiry.on('2999-12-31'),
          reason: 'test bench',
        }),
    ],
  ])('%s: %s', (_construct, property, make) => {
    const scope = new Stack(testApp(), 'S', { env: HERE });
    expect(() => make(scope)).toThrow(
      new RegExp(`^S/X: '${property}' must be of the account and region.*ResourceElsewhere`),
    );
  });
});
