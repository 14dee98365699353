import type { CustomResourceRequest, Progress, ResourceHandler } from '../shared/custom-resource';
import { errorFields, type Logger } from '../shared/logger';
import type { DeviceProperties } from './contract';
import { comesNew, move, thingChange } from './decide';
import { parseProperties } from './event';
import type { RegistryPort } from './ports';

export interface Dependencies {
  readonly registry: RegistryPort;
  readonly log: Logger;
}

const DONE: Progress = { kind: 'done' };

/** Keeps a thing's type, attributes and group as declared. */
export function createDeviceResource(deps: Dependencies): ResourceHandler {
  return {
    // By the thing's name: another name is another device, and CloudFormation then deletes this one.
    physicalResourceId: (request) => `device/${parseProperties(request.ResourceProperties).ThingName}`,
    create: (request) => create(parseProperties(request.ResourceProperties), deps),
    update: (request) => update(request, deps),
    delete: (request) => remove(request, deps),
  };
}

async function create(device: DeviceProperties, { registry }: Dependencies): Promise<Progress> {
  await describe(device, undefined, registry);
  // Last: only a complete device gets the rights of the group.
  await registry.join(device.ThingName, device.ThingGroupName);
  return DONE;
}

async function update(request: CustomResourceRequest, deps: Dependencies): Promise<Progress> {
  const device = parseProperties(request.ResourceProperties);
  const before = readable(request.OldResourceProperties);
  if (before !== undefined && before.ThingName !== device.ThingName) return arrive(device, deps);
  await describe(device, before, deps.registry);
  if (before !== undefined && before.ThingGroupName !== device.ThingGroupName) await changeGroup(device, before, deps);
  return DONE;
}

async function describe(
  device: DeviceProperties,
  before: DeviceProperties | undefined,
  registry: RegistryPort,
): Promise<void> {
  const change = thingChange(device, before);
  if (change !== undefined) await registry.update(device.ThingName, change);
}

/** What was refused when it came changed nothing: the update that is rolled back has nothing to undo. */
function readable(properties: CustomResourceRequest['OldResourceProperties']): DeviceProperties | undefined {
  try {
    return parseProperties(properties ?? {});
  } catch {
    return undefined;
  }
}

/** Another thing takes the place of the one before: a new one, or, when that is rolled back, the old one again. */
async function arrive(device: DeviceProperties, deps: Dependencies): Promise<Progress> {
  const groups = await deps.registry.groupsOf(device.ThingName);
  if (comesNew(device.ThingGroupName, groups)) return create(device, deps);
  await describe(device, undefined, deps.registry);
  sayLeftAlone(device, deps);
  return DONE;
}

async function changeGroup(device: DeviceProperties, before: DeviceProperties, deps: Dependencies): Promise<void> {
  const { registry } = deps;
  const groups = await registry.groupsOf(device.ThingName);
  const decision = move(before.ThingGroupName, device.ThingGroupName, groups);
  if (decision.kind === 'move') await registry.move(device.ThingName, decision.from, decision.to);
  if (decision.kind === 'leave-alone') sayLeftAlone(device, deps);
}

function sayLeftAlone({ ThingName: thingName }: DeviceProperties, { log }: Dependencies): void {
  log.warn('device is in neither group: isolated or moved, left where it is', { thingName });
}

/** The thing is deleted next, by CloudFormation. Nothing that fails here may keep the stack from going. */
async function remove(request: CustomResourceRequest, { registry, log }: Dependencies): Promise<Progress> {
  try {
    const device = parseProperties(request.ResourceProperties);
    await registry.leave(device.ThingName, device.ThingGroupName);
  } catch (error) {
    log.warn('the device stays in its group until the thing is deleted', errorFields(error));
  }
  return DONE;
}
