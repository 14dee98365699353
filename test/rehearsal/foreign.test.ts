import { rehearse } from '../../rehearsal/rehearse';
import { createKeys, createRequest } from '../../rehearsal/x509/certificates';
import { assemblyOf } from '../support/rehearsal-assembly';

/** A stack as people write them by hand: no construct of ours in it. */
const statement = (action: string, resource: string) => ({
  Effect: 'Allow',
  Action: action,
  Resource: { 'Fn::Sub': `arn:\${AWS::Partition}:iot:\${AWS::Region}:\${AWS::AccountId}:${resource}` },
});

const TEMPLATE = {
  Resources: {
    Thing: { Type: 'AWS::IoT::Thing', Properties: { ThingName: 'gate-1' } },
    Certificate: {
      Type: 'AWS::IoT::Certificate',
      Properties: { Status: 'ACTIVE', CertificateSigningRequest: createRequest(createKeys(), 'gate-1') },
    },
    Policy: {
      Type: 'AWS::IoT::Policy',
      Properties: {
        PolicyName: 'gates',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [statement('iot:Connect', 'client/gate-*'), statement('iot:Publish', 'topic/gates/gate-1/*')],
        },
      },
    },
    Attached: {
      Type: 'AWS::IoT::PolicyPrincipalAttachment',
      Properties: { PolicyName: { Ref: 'Policy' }, Principal: { 'Fn::GetAtt': ['Certificate', 'Arn'] } },
    },
    Owned: {
      Type: 'AWS::IoT::ThingPrincipalAttachment',
      Properties: { ThingName: { Ref: 'Thing' }, Principal: { 'Fn::GetAtt': ['Certificate', 'Arn'] } },
    },
  },
};

test('a thing of any template takes part, with its policies and a key that is made here', async () => {
  const r = await rehearse(assemblyOf({ Gates: TEMPLATE }));
  try {
    const gate = r.device('gate-1');
    await gate.connects();
    await gate.isAllowed.publish('gates/gate-1/opened');
    expect(await gate.isDenied.publish('gates/gate-2/opened')).toMatchObject({ allowed: false });
    // What such a policy leaves open shows too.
    await gate.isAllowed.connect('gate-2');
    await expect(r.device('gate-2').connects()).rejects.toThrow('no template for fleet provisioning');
    expect(r.findings()).toEqual({ faults: [], gaps: [], denied: [] });
  } finally {
    await r.close();
  }
});
