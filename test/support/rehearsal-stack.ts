// Templates by hand for the rehearsal: a function that does what its code says, and a role for it; a thing with its certificate.
import { createKeys, createRequest } from '../../rehearsal/x509/certificates';

type Json = Readonly<Record<string, unknown>>;

export const arnOf = (id: string): Json => ({ 'Fn::GetAtt': [id, 'Arn'] });

/** A role for a service with these actions on anything. */
export function role(service: string, ...actions: string[]): Json {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
      },
      Policies: [
        {
          PolicyName: 'Rights',
          PolicyDocument: { Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] },
        },
      ],
    },
  };
}

/**
 * A function that writes each event as a line of JSON to its log, of a long state only the length, and then does what `body`
 * says with `event`.
 */
export function recorder(roleId: string, body = ''): Json {
  return {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Role: arnOf(roleId),
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Timeout: 5,
      Code: {
        ZipFile: `let calls = 0; exports.handler = async (event) => { calls++; const length = JSON.stringify(event.state ?? {}).length; console.log('EVENT ' + JSON.stringify(length > 1000 ? { ...event, state: length } : event)); ${body} };`,
      },
    },
  };
}

/** The events that a recorder was called with. */
export function eventsOf(log: string): Json[] {
  return [...log.matchAll(/^EVENT (.*)$/gm)].map(([, text = '']) => JSON.parse(text) as Json);
}

/** Lets a device do something with what has this name in AWS IoT: `topic/a/b`. */
export const allow = (action: string, resource: string): Json => ({
  Effect: 'Allow',
  Action: action,
  Resource: { 'Fn::Sub': `arn:\${AWS::Partition}:iot:\${AWS::Region}:\${AWS::AccountId}:${resource}` },
});

/** The thing `gate-1` as people write one by hand, with a certificate and a policy of these statements. */
export const gate = (...statements: readonly object[]): Readonly<Record<string, Json>> => ({
  Thing: { Type: 'AWS::IoT::Thing', Properties: { ThingName: 'gate-1' } },
  Certificate: {
    Type: 'AWS::IoT::Certificate',
    Properties: { Status: 'ACTIVE', CertificateSigningRequest: createRequest(createKeys(), 'gate-1') },
  },
  Policy: {
    Type: 'AWS::IoT::Policy',
    Properties: { PolicyName: 'gates', PolicyDocument: { Version: '2012-10-17', Statement: statements } },
  },
  Attached: {
    Type: 'AWS::IoT::PolicyPrincipalAttachment',
    Properties: { PolicyName: { Ref: 'Policy' }, Principal: arnOf('Certificate') },
  },
  Owned: {
    Type: 'AWS::IoT::ThingPrincipalAttachment',
    Properties: { ThingName: { Ref: 'Thing' }, Principal: arnOf('Certificate') },
  },
});
