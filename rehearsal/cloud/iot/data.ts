import { problemOfPublish, problemOfReserved } from '../../topics';
import type { Connections, ConnectionView, OutboundMessage } from '../../ports';
import { AwsFault } from '../fault';
import type { Actor, Input, Operation } from '../operation';
import { parseJson, RestJson, speaking, type WireService } from '../wire';
import type { IotRegistry } from './registry';
import type { Shadows } from './shadows';

const NO_CLIENT = () => new AwsFault('ResourceNotFoundException', 'No connection and no session of this client', 404);

/** The data plane of AWS IoT on the wire: sessions, publishing, shadows. */
export function iotDataService(
  registry: IotRegistry,
  shadows: Shadows,
  connections: () => Connections | undefined,
  deliver: (message: OutboundMessage) => Promise<void>,
): WireService {
  const client = ({ clientId }: Input) => `client/${String(clientId)}`;
  const thing = ({ thingName, name }: Input) =>
    `thing/${String(thingName)}${name === undefined || name === '' ? '' : `/${String(name)}`}`;
  const operation = (
    name: string,
    resource: (input: Input) => string,
    act: (input: Input, actor: Actor) => unknown,
  ): Operation => ({
    name: `iot:${name}`,
    needs: (input) => [{ action: `iot:${name}`, resource: registry.arn(resource(input)) }],
    act,
  });
  const shadowName = ({ name }: Input) => (name === undefined || name === '' ? undefined : String(name));
  const rows = [
    [
      'DELETE /connections/{clientId}',
      operation('DeleteConnection', client, async (input) => {
        const options = {
          cleanSession: input.cleanSession === 'true',
          preventWillMessage: input.preventWillMessage === 'true',
        };
        const found = await connections()?.delete(String(input.clientId), {
          ...options,
          reason: 'API_INITIATED_DISCONNECT',
        });
        if (found !== true) throw NO_CLIENT();
        return {};
      }),
    ],
    [
      'GET /connections/{clientId}',
      operation('GetConnection', client, (input) => {
        const found = connections()?.get(String(input.clientId));
        if (found === undefined) throw NO_CLIENT();
        return viewOf(found, input.includeSocketInformation === 'true');
      }),
    ],
    [
      'POST /topics/{topic}',
      operation(
        'Publish',
        ({ topic }) => `topic/${String(topic)}`,
        async (input, { party }) => {
          const { qos, retain, body } = input;
          const topic = String(input.topic);
          const payload = body instanceof Buffer ? body : Buffer.from(JSON.stringify(body ?? ''));
          const message = { topic, qos: Number(qos ?? 0), bytes: payload.length };
          const problem = problemOfPublish(message) ?? problemOfReserved(topic, retain === 'true');
          if (problem !== undefined) throw new AwsFault('InvalidRequestException', problem);
          await deliver({
            topic,
            payload,
            qos: qos === '1' ? 1 : 0,
            retain: retain === 'true',
            from: party,
          });
          return {};
        },
      ),
    ],
    [
      'GET /things/{thingName}/shadow',
      operation('GetThingShadow', thing, (input) => shadows.read(String(input.thingName), shadowName(input))),
    ],
    [
      'POST /things/{thingName}/shadow',
      operation('UpdateThingShadow', thing, (input) =>
        shadows.write(String(input.thingName), shadowName(input), documentOf(input)),
      ),
    ],
    [
      'DELETE /things/{thingName}/shadow',
      operation('DeleteThingShadow', thing, (input) => shadows.remove(String(input.thingName), shadowName(input))),
    ],
    [
      'GET /api/things/shadow/ListNamedShadowsForThing/{thingName}',
      operation('ListNamedShadowsForThing', thing, (input) => shadows.list(input)),
    ],
  ] as const;
  const wire = new RestJson(rows);
  return {
    name: 'iot-data',
    signingNames: ['iotdata', 'iotdevicegateway'],
    denied: ['ForbiddenException', 403],
    ...speaking(wire),
    operations: rows.map(([, each]) => each),
  };
}

/** The payload of a request: not every SDK says that it is JSON. */
function documentOf(input: Input): unknown {
  if (!(input.body instanceof Buffer)) return input;
  try {
    return parseJson(input.body);
  } catch {
    throw new AwsFault('InvalidRequestException', 'Payload contains invalid json');
  }
}

function viewOf(view: ConnectionView, withSocket: boolean): object {
  return {
    connected: view.connected,
    thingName: view.thingName,
    cleanSession: view.cleanSession,
    keepAliveDuration: view.keepAliveSeconds,
    connectedSince: view.connectedSince,
    disconnectedSince: view.disconnectedSince,
    disconnectReason: view.disconnectReason,
    ...(withSocket && { sourceIp: view.sourceIp, sourcePort: view.sourcePort }),
  };
}
