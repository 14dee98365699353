/** `arn:...` in the region and account of the stack. IoT policy variables need `${!...}` inside `Fn::Sub`. */
export function iotArn(resource: string): object {
  return {
    'Fn::Sub': `arn:\${AWS::Partition}:iot:\${AWS::Region}:\${AWS::AccountId}:${resource.replaceAll('${iot:', '${!iot:')}`,
  };
}

export const THING = '${iot:Connection.Thing.ThingName}';

export function policyExample(...statements: object[]): object {
  return { Type: 'AWS::IoT::Policy', Properties: { PolicyDocument: { Version: '2012-10-17', Statement: statements } } };
}

/** Connects as itself, with a certificate that is attached to the thing. */
export const CONNECT_AS_ITSELF = {
  Effect: 'Allow',
  Action: 'iot:Connect',
  Resource: iotArn(`client/${THING}`),
  Condition: { Bool: { 'iot:Connection.Thing.IsAttached': 'true' } },
};

export const DEVICE_POLICY = policyExample(
  CONNECT_AS_ITSELF,
  { Effect: 'Allow', Action: 'iot:Publish', Resource: iotArn(`topic/dt/${THING}/*`) },
  { Effect: 'Allow', Action: 'iot:Subscribe', Resource: iotArn(`topicfilter/cmd/${THING}/*`) },
  { Effect: 'Allow', Action: 'iot:Receive', Resource: iotArn(`topic/cmd/${THING}/*`) },
);

/** Lets one AWS service act for this account only. */
export function trustOf(service: string, sourceArn: object | string = iotArn('*')): object {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: service },
        Action: 'sts:AssumeRole',
        Condition: {
          StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
          ArnLike: { 'aws:SourceArn': sourceArn },
        },
      },
    ],
  };
}

export function roleExample(service: string, statement?: object, sourceArn?: object): object {
  const inline = [{ PolicyName: 'Access', PolicyDocument: { Version: '2012-10-17', Statement: [statement] } }];
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: trustOf(service, sourceArn),
      ...(statement === undefined ? {} : { Policies: inline }),
    },
  };
}

/** What Device Defender does with a device that an operator has it act on. */
export const ISOLATE = {
  Type: 'AWS::IoT::MitigationAction',
  Properties: {
    RoleArn: { 'Fn::ImportValue': 'MitigationRoleArn' },
    ActionParams: { AddThingsToThingGroupParams: { ThingGroupNames: ['quarantine'], OverrideDynamicGroups: true } },
  },
};
