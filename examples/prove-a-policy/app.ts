// Proof without an account: who can publish what, under the policies that will be deployed.
import {
  Access,
  AccessPolicy,
  AttachedPolicy,
  ConnectionContext,
  PolicyEvaluator,
  PolicyRequest,
  Topic,
} from '../../lib';

const documents = AccessPolicy.of([Access.publish(Topic.of('pumps', Topic.THING, 'telemetry')), Access.jobs()]).render({
  partition: 'aws',
  region: 'eu-central-1',
  account: '111122223333',
});

const evaluator = new PolicyEvaluator({
  region: 'eu-central-1',
  account: '111122223333',
  policies: documents.map((document) => AttachedPolicy.onThingGroup('pumps', document)),
});
const pump = ConnectionContext.ofThing('pump-7');

/** What is asked, and what the policies say. */
export const answers = ['pumps/pump-7/telemetry', 'pumps/pump-8/telemetry'].map((topic) => {
  const decision = evaluator.evaluate(pump, PolicyRequest.publish(topic));
  return { topic, allowed: decision.allowed, because: decision.toString() };
});
