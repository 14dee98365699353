import { Facts, ownTopic } from '../../rehearsal/facts';
import type { AuthorizationView } from '../../rehearsal/ports';

const THING = '${iot:Connection.Thing.ThingName}';
const SITE = '${iot:Connection.Thing.Attributes[site]}';
const TYPE = '${iot:Connection.Thing.ThingTypeName}';

function topicFor(topics: string[], thing: object = {}): string | undefined {
  const Resource = topics.map((topic) => `arn:aws:iot:eu-west-1:111122223333:topic/${topic}`);
  const document = JSON.stringify({ Statement: { Effect: 'Allow', Action: 'iot:Publish', Resource } });
  return ownTopic({
    policies: [{ document }],
    thing: { thingName: 'pump-1', attributes: {}, groups: [], ...thing },
  } as unknown as AuthorizationView);
}

describe("the topic that stands for what is a device's own", () => {
  test('has the values of its thing', () => {
    expect(topicFor([`a/${THING}/*`])).toBe('a/pump-1/rehearsal');
    const thing = { thingTypeName: 'px2', attributes: { site: 'plant-7' } };
    expect(topicFor([`${SITE}/${TYPE}/${THING}`], thing)).toBe('plant-7/px2/pump-1');
  });

  test('is none that names a variable without a value, since that is denied', () => {
    expect(topicFor([`${SITE}/${THING}`, `${TYPE}/${THING}`, `a/${THING}`])).toBe('a/pump-1');
    expect(topicFor([`${SITE}/${THING}`, '$aws/things/x', 'shared'])).toBeUndefined();
    expect(topicFor(['a/${iot:CertificateId}/' + THING])).toBeUndefined();
  });
});

test.each([
  [[], false],
  [[{ EventTypes: ['THING', 'JOB'] }], false],
  [[{}, { EventTypes: ['JOB_EXECUTION'] }], true],
])('whether AWS IoT tells of jobs is what %j says', (events, tells) => {
  const resources = (type?: string) =>
    type === 'Custom::IotEventConfigurations' ? events.map((properties) => ({ properties })) : [];
  expect(new Facts({ resources } as unknown as ConstructorParameters<typeof Facts>[0], '/nowhere').tellsOfJobs()).toBe(
    tells,
  );
});
