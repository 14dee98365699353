import { statementsOf } from '../iam/role';
import type { Model, Resource } from '../model/model';
import { at, booleanOf, isMap, isUnresolved, listOf, targetsOf, textOf, type ValueMap } from '../model/value';
import type { Observation, Rule } from '../rule';
import { alertPath } from './alert-path';
import { PIPELINE } from './mit3';
import { standing } from './standing';
import { eachResource } from './support';

export const ENC1: Rule = {
  id: 'ZTI-ENC1',
  title: 'Alerts are encrypted, at rest and on their way',
  tenets: [2],
  severity: 'warning',
  strict: true,
  types: ['AWS::SNS::Topic', 'AWS::SQS::Queue', 'AWS::IoT::EncryptionConfiguration'],
  why: 'Alerts say which device is weak, and where. Whoever reads them first has the advantage.',
  fix: 'Set KmsMasterKeyId (queues: or SqsManagedSseEnabled) and a policy that denies requests without aws:SecureTransport.',
  example: PIPELINE,
  evidenceFor: ['IoT Lens IOTSEC10-BP01', 'ETSI EN 303 645 5.5-1', 'IEC 62443-4-2 CR 4.1'],
  check: (model, { profile }): Observation[] => {
    const { topics, queues } = alertPath(model);
    return [
      ...topics.flatMap((topic) => judge(model, topic, 'AWS::SNS::TopicPolicy')),
      ...queues.flatMap((queue) => judge(model, queue, 'AWS::SQS::QueuePolicy')),
      ...(profile === 'strict' ? ownKeys(model) : []),
    ];
  },
};

function judge(model: Model, resource: Resource, policyType: string): Observation[] {
  const keyed = resource.variants.every(
    ({ value }) =>
      value.KmsMasterKeyId !== undefined ||
      (resource.type === 'AWS::SQS::Queue' && booleanOf(value.SqsManagedSseEnabled) !== false),
  );
  const policies = standing(model, [policyType], resource).sure.filter(({ variants }) =>
    variants.every(({ value }) => isFor(value, resource)),
  );
  const secure = policies.some(({ variants }) => variants.every(({ value }) => deniesPlain(value)));
  const unverified = policies.some(({ variants }) =>
    variants.some(({ value }) => statementsOf(value.PolicyDocument).some(isUnresolved)),
  );
  return [
    ...(keyed ? [] : [{ at: resource, message: 'keeps alerts unencrypted', location: 'Properties/KmsMasterKeyId' }]),
    ...(secure
      ? []
      : [{ at: resource, message: 'takes and gives alerts without TLS: no policy denies it', unverified }]),
  ];
}

function isFor(policy: ValueMap, resource: Resource): boolean {
  return [...listOf(policy.Topics), ...listOf(policy.Queues)].some((each) =>
    targetsOf(each).some((target) => target.resource === resource.id),
  );
}

/** Whether a statement denies what does not come over TLS. */
function deniesPlain({ PolicyDocument }: ValueMap): boolean {
  return statementsOf(PolicyDocument).some((statement) => {
    if (at(statement, 'Effect') !== 'Deny') return false;
    const condition = at(statement, 'Condition');
    const asked = isMap(condition) ? Object.entries(condition) : [];
    return asked
      .filter(([operator]) => ['bool', 'boolifexists'].includes(operator.toLowerCase()))
      .flatMap(([, block]) => (isMap(block) ? Object.entries(block) : []))
      .filter(([key]) => key.toLowerCase() === 'aws:securetransport')
      .some(([, value]) => listOf(value).some((each) => booleanOf(each) === false));
  });
}

function ownKeys(model: Model): Observation[] {
  return eachResource(model, ['AWS::IoT::EncryptionConfiguration'], ({ EncryptionType }, note) => {
    if (textOf(EncryptionType) !== 'CUSTOMER_MANAGED_KMS_KEY')
      note('does not use a key of your own', { location: 'Properties/EncryptionType' });
  });
}
