import { DOCUMENT, iot } from '../../../support/service-calls';
import { BAD, listed, named, NO, TAKEN, type Row } from './row';

export const POLICIES: Readonly<Record<string, Row>> = {
  CreatePolicy: {
    works: (a) => ['iot', new iot.CreatePolicyCommand({ policyName: a.new(), policyDocument: DOCUMENT })],
    fails: [
      [
        'MalformedPolicyException',
        (a) => ['iot', new iot.CreatePolicyCommand({ policyName: a.new(), policyDocument: '{not json' })],
      ],
      [
        TAKEN,
        async (a) => ['iot', new iot.CreatePolicyCommand({ policyName: await a.policy(), policyDocument: DOCUMENT })],
      ],
    ],
  },
  GetPolicy: named(
    async (a) => ['iot', new iot.GetPolicyCommand({ policyName: await a.policy() })],
    new iot.GetPolicyCommand({ policyName: 'nobody' }),
  ),
  DeletePolicy: {
    works: async (a) => ['iot', new iot.DeletePolicyCommand({ policyName: await a.policy() })],
    fails: [
      ['DeleteConflictException', async (a) => ['iot', new iot.DeletePolicyCommand({ policyName: await a.policy(2) })]],
      [
        'DeleteConflictException',
        async (a) => {
          const policyName = await a.policy();
          const target = (await a.certificate()).arn;
          await a.does(['iot', new iot.AttachPolicyCommand({ policyName, target })]);
          return ['iot', new iot.DeletePolicyCommand({ policyName })];
        },
      ],
    ],
  },
  ListPolicies: listed(new iot.ListPoliciesCommand({}), new iot.ListPoliciesCommand({ marker: 'not given' })),
  CreatePolicyVersion: {
    works: async (a) => [
      'iot',
      new iot.CreatePolicyVersionCommand({ policyName: await a.policy(), policyDocument: DOCUMENT }),
    ],
    fails: [
      [
        'VersionsLimitExceededException',
        async (a) => [
          'iot',
          new iot.CreatePolicyVersionCommand({ policyName: await a.policy(5), policyDocument: DOCUMENT }),
        ],
      ],
    ],
  },
  ListPolicyVersions: named(
    async (a) => ['iot', new iot.ListPolicyVersionsCommand({ policyName: await a.policy(2) })],
    new iot.ListPolicyVersionsCommand({ policyName: 'nobody' }),
  ),
  GetPolicyVersion: named(
    async (a) => ['iot', new iot.GetPolicyVersionCommand({ policyName: await a.policy(), policyVersionId: '1' })],
    new iot.GetPolicyVersionCommand({ policyName: 'nobody', policyVersionId: '1' }),
  ),
  SetDefaultPolicyVersion: named(
    async (a) => [
      'iot',
      new iot.SetDefaultPolicyVersionCommand({ policyName: await a.policy(2), policyVersionId: '2' }),
    ],
    new iot.SetDefaultPolicyVersionCommand({ policyName: 'nobody', policyVersionId: '2' }),
  ),
  DeletePolicyVersion: {
    works: async (a) => [
      'iot',
      new iot.DeletePolicyVersionCommand({ policyName: await a.policy(2), policyVersionId: '2' }),
    ],
    fails: [
      [
        BAD,
        async (a) => [
          'iot',
          new iot.DeletePolicyVersionCommand({ policyName: await a.policy(), policyVersionId: '1' }),
        ],
      ],
    ],
  },
  AttachPolicy: {
    works: async (a) => [
      'iot',
      new iot.AttachPolicyCommand({ policyName: await a.policy(), target: a.arn(`thinggroup/${await a.group()}`) }),
    ],
    fails: [
      [NO, (a) => ['iot', new iot.AttachPolicyCommand({ policyName: 'nobody', target: a.arn('thinggroup/x') })]],
      [
        'LimitExceededException',
        async (a) => {
          const target = a.arn(`thinggroup/${await a.group()}`);
          for (let i = 0; i < 2; i++)
            await a.does(['iot', new iot.AttachPolicyCommand({ policyName: await a.policy(), target })]);
          return ['iot', new iot.AttachPolicyCommand({ policyName: await a.policy(), target })];
        },
      ],
    ],
  },
  DetachPolicy: named(
    async (a) => {
      const target = (await a.certificate()).arn;
      return ['iot', new iot.DetachPolicyCommand({ policyName: await a.policy(), target })];
    },
    new iot.DetachPolicyCommand({ policyName: 'nobody', target: 'arn:aws:iot:eu-west-1:123456789012:thinggroup/x' }),
  ),
  ListAttachedPolicies: named(
    async (a) => ['iot', new iot.ListAttachedPoliciesCommand({ target: (await a.certificate()).arn })],
    new iot.ListAttachedPoliciesCommand({ target: 'arn:aws:iot:eu-west-1:123456789012:thinggroup/nobody' }),
  ),
  ListTargetsForPolicy: named(
    async (a) => ['iot', new iot.ListTargetsForPolicyCommand({ policyName: await a.policy() })],
    new iot.ListTargetsForPolicyCommand({ policyName: 'nobody' }),
  ),
};
