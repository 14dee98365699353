import { type App, CfnResource, NestedStack, Stack } from 'aws-cdk-lib';
import { CfnThingGroup } from 'aws-cdk-lib/aws-iot';
import { Device } from '../../lib/identity/device';
import { testApp } from '../support/app';
import { OPENSSL_EC_REQUEST } from '../support/certificate-request';

function fill(stack: Stack, devices: number, others = 0): void {
  const fleetGroup = new CfnThingGroup(stack, 'Group');
  for (let index = 0; index < others; index += 1) new CfnResource(stack, `Other${index}`, { type: 'AWS::SNS::Topic' });
  for (let index = 1; index <= devices; index += 1) {
    new Device(stack, `Device${index}`, { certificateSigningRequest: OPENSSL_EC_REQUEST, fleetGroup });
  }
}

function failureOf(app: App): string {
  try {
    app.synth();
  } catch (error) {
    return (error as Error).message;
  }
  return 'none';
}

test('150 devices fail at synth with advice, once, at the device that is one too many', () => {
  const app = testApp();
  fill(new Stack(app, 'Gateways'), 150);
  const message = failureOf(app);
  expect(message).toMatch(/\[Gateways\/Device101\] stack 'Gateways' has 150 devices, of which 100 fit/);
  expect(message).toContain('Enrollment.byClaim()');
  expect(message).toContain('[TooManyDevices]');
  expect(message.match(/TooManyDevices/g)).toHaveLength(1);
});

test('a hundred devices fit', () => {
  const app = testApp();
  fill(new Stack(app, 'Gateways'), 100);
  expect(failureOf(app)).toBe('none');
});

test('fewer fit beside other resources', () => {
  const app = testApp();
  fill(new Stack(app, 'Gateways'), 60, 300);
  const message = failureOf(app);
  const fits = Number(/of which (\d+) fit/.exec(message)?.[1]);
  expect(fits).toBeGreaterThan(40);
  expect(fits).toBeLessThan(50);
  expect(message).toContain(`[Gateways/Device${fits + 1}]`);
});

test('fails with advice even where nothing fits', () => {
  const app = testApp();
  fill(new Stack(app, 'Gateways'), 1, 600);
  expect(failureOf(app)).toMatch(/\[Gateways\/Device1\] .* has 1 devices, of which 0 fit/);
});

test('counts each stack for itself, nested ones too', () => {
  const app = testApp();
  const parent = new Stack(app, 'Parent');
  fill(parent, 60);
  fill(new NestedStack(parent, 'Nested'), 60);
  expect(failureOf(app)).toBe('none');
});
