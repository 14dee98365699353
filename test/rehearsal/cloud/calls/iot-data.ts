import { data, state, tunnels } from '../../../support/service-calls';
import { BAD, NO, type Row } from './row';

export const DATA: Readonly<Record<string, Row>> = {
  GetConnection: {
    works: () => ['data', new data.GetConnectionCommand({ clientId: 'connected' })],
    fails: [[NO, () => ['data', new data.GetConnectionCommand({ clientId: 'nobody' })]]],
  },
  DeleteConnection: {
    works: () => ['data', new data.DeleteConnectionCommand({ clientId: 'connected', cleanSession: true })],
    fails: [[NO, () => ['data', new data.DeleteConnectionCommand({ clientId: 'nobody' })]]],
  },
  Publish: {
    works: () => ['data', new data.PublishCommand({ topic: 'a/b', payload: Buffer.from('{}'), qos: 1 })],
    fails: [
      [BAD, () => ['data', new data.PublishCommand({ topic: 'a/+', payload: Buffer.from('{}') })]],
      [BAD, () => ['data', new data.PublishCommand({ topic: '$aws/nobody', payload: Buffer.from('{}') })]],
      [BAD, () => ['data', new data.PublishCommand({ topic: 'a', payload: Buffer.alloc(131_073) })]],
    ],
  },
  UpdateThingShadow: {
    works: async (a) => [
      'data',
      new data.UpdateThingShadowCommand({ thingName: await a.thing(), payload: state('on') }),
    ],
    fails: [
      [
        'ConflictException',
        async (a) => [
          'data',
          new data.UpdateThingShadowCommand({ thingName: await a.shadow(), payload: state('off', 9) }),
        ],
      ],
      [
        BAD,
        async (a) => [
          'data',
          new data.UpdateThingShadowCommand({ thingName: await a.thing(), payload: Buffer.from('{no json') }),
        ],
      ],
      [
        'RequestEntityTooLargeException',
        async (a) => [
          'data',
          new data.UpdateThingShadowCommand({ thingName: await a.thing(), payload: state('x'.repeat(9_000)) }),
        ],
      ],
    ],
  },
  GetThingShadow: {
    works: async (a) => ['data', new data.GetThingShadowCommand({ thingName: await a.shadow() })],
    fails: [[NO, async (a) => ['data', new data.GetThingShadowCommand({ thingName: await a.thing() })]]],
  },
  DeleteThingShadow: {
    works: async (a) => ['data', new data.DeleteThingShadowCommand({ thingName: await a.shadow() })],
    fails: [[NO, async (a) => ['data', new data.DeleteThingShadowCommand({ thingName: await a.thing() })]]],
  },
  ListNamedShadowsForThing: {
    works: async (a) => ['data', new data.ListNamedShadowsForThingCommand({ thingName: await a.shadow() })],
    fails: [[BAD, () => ['data', new data.ListNamedShadowsForThingCommand({ thingName: 'x', nextToken: 'no' })]]],
  },
  OpenTunnel: {
    works: async (a) => [
      'tunnels',
      new tunnels.OpenTunnelCommand({ destinationConfig: { thingName: await a.thing(), services: ['SSH'] } }),
    ],
    fails: [
      [
        NO,
        () => [
          'tunnels',
          new tunnels.OpenTunnelCommand({ destinationConfig: { thingName: 'nobody', services: ['SSH'] } }),
        ],
      ],
    ],
  },
  CloseTunnel: {
    works: async (a) => ['tunnels', new tunnels.CloseTunnelCommand({ tunnelId: await a.tunnel(), delete: true })],
    fails: [[NO, () => ['tunnels', new tunnels.CloseTunnelCommand({ tunnelId: 'nobody' })]]],
  },
  DescribeTunnel: {
    works: async (a) => ['tunnels', new tunnels.DescribeTunnelCommand({ tunnelId: await a.tunnel() })],
    fails: [[NO, () => ['tunnels', new tunnels.DescribeTunnelCommand({ tunnelId: 'nobody' })]]],
  },
  ListTunnels: { works: () => ['tunnels', new tunnels.ListTunnelsCommand({})] },
};
