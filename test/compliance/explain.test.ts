import { CannotTell, explain } from '../../lib/compliance/explain';
import { Model } from '../../lib/compliance/model/model';
import { allow, ARN, CONNECT, policy, THING } from './support/policies';

const modelOf = (resources: object): Model => new Model([{ path: 'app.json', body: { Resources: resources } }]);
const QUESTION = { thing: 'pump-7', action: 'publish', topic: 'dt/pump-7/x', quarantined: false } as const;

test('pseudo parameters are the region and account that the policy names elsewhere', () => {
  const mixed = policy(CONNECT, {
    Effect: 'Allow',
    Action: 'iot:Publish',
    Resource: {
      'Fn::Sub': `arn:\${AWS::Partition}:iot:\${AWS::Region}:\${AWS::AccountId}:topic/dt/${THING.replace('${', '${!')}/x`,
    },
  });
  expect(explain(modelOf(mixed), QUESTION)).toMatchObject({ allowed: true, verdict: 'ALLOWED' });
});

test('who cannot connect can do nothing', () => {
  expect(explain(modelOf(policy(allow('iot:Publish', 'topic/*'))), QUESTION)).toMatchObject({
    allowed: false,
    missing: ['it cannot connect', expect.any(String) as string],
  });
});

test('claim policies are not for devices', () => {
  const claim = policy(CONNECT, allow('iot:Publish', 'topic/$aws/certificates/create/*'));
  expect(() => explain(modelOf(claim), QUESTION)).toThrow(CannotTell);
});

test('a policy that AWS IoT would refuse decides nothing', () => {
  const odd = policy(CONNECT, { Effect: 'Allow', Action: 'iot:Publish', Resource: `${ARN}topic/x`, Extra: true });
  expect(() => explain(modelOf(odd), QUESTION)).toThrow(/AWS IoT would refuse it/);
});
