import { CfnResource, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { ErrorCode } from '../internal/diagnostics';

/** CloudFormation takes no larger stack; https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const MOST_RESOURCES = 500;
/** Beyond this a loop of devices is a fleet, and belongs to enrollment. */
const MOST_DEVICES = 100;
const RESOURCES_PER_DEVICE = 4;
const CODE: ErrorCode = 'TooManyDevices';

const devicesOf = new WeakMap<Stack, IConstruct[]>();

/**
 * Counts a device of a stack. At synth, the one device at which the stack grows too large says so, which is before
 * CloudFormation's own error would, and with advice.
 */
export function limitDevices(device: IConstruct): void {
  const stack = Stack.of(device);
  const devices = devicesOf.get(stack) ?? [];
  devicesOf.set(stack, devices);
  devices.push(device);
  device.node.addValidation({
    validate: () => {
      const room = roomFor(stack, devices.length);
      return devices.length > room && devices[room] === device ? [message(stack, devices.length, room)] : [];
    },
  });
}

/** How many devices fit, given all else that the stack holds. */
function roomFor(stack: Stack, devices: number): number {
  const resources = stack.node
    .findAll()
    .filter((node) => CfnResource.isCfnResource(node) && Stack.of(node) === stack).length;
  const others = resources - devices * RESOURCES_PER_DEVICE;
  return Math.max(0, Math.min(MOST_DEVICES, Math.floor((MOST_RESOURCES - others) / RESOURCES_PER_DEVICE)));
}

function message(stack: Stack, devices: number, room: number): string {
  return (
    `stack '${stack.node.path}' has ${devices} devices, of which ${room} fit: each takes ${RESOURCES_PER_DEVICE} of the ` +
    `${MOST_RESOURCES} resources of a stack, and ${MOST_DEVICES} are the most in any. Let devices enroll themselves with ` +
    'Enrollment.byClaim(), which takes the same few resources for any number, ' +
    `or spread them over stacks [${CODE}]`
  );
}
