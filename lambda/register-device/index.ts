import { serveCustomResources } from '../shared/custom-resource-adapters';
import { createRegistry } from './adapters';
import { RESOURCE_TYPE } from './contract';
import { createDeviceResource } from './handler';

export const handler = serveCustomResources('register-device', (log) => ({
  [RESOURCE_TYPE]: createDeviceResource({ registry: createRegistry(), log }),
}));
