import { bad, document, good, type Sample, weak } from './sample';

/*
 * What public samples, tutorials and constructs deploy, rebuilt from what their pages say of it, in our own notation. Only
 * the shape is theirs: names are ours, and nothing is copied. Where no single page is known for a shape, none is named.
 */

const hub = (name: string): string => `https://github.com/${name}`;

/** A shape that many tutorials share, without a single source. */
const COMMON = 'common';

const policies: Sample[] = [
  bad(
    'quick start of the console',
    'https://docs.aws.amazon.com/iot/latest/developerguide/iot-quick-start.html',
    'topics and client ids that every quick start shares',
    '+ Publish,Receive topic/sdk/test/*',
    '+ Subscribe topicfilter/sdk/test/*',
    '+ Connect client/sdk-*,client/basicPubSub',
  ),
  bad(
    'one region, any account and resource',
    COMMON,
    'every topic under every client id',
    '+ Connect,Publish,Subscribe,Receive arn:aws:iot:us-east-1:*:*',
  ),
  bad(
    'samples of the SDK for Python',
    hub('aws/aws-iot-device-sdk-python-v2'),
    'any client id that begins with test-',
    '+ Publish,Receive topic/test/topic',
    '+ Subscribe topicfilter/test/topic',
    '+ Connect client/test-*',
  ),
  bad(
    'fleet provisioning sample, device after',
    hub('aws/aws-iot-device-sdk-python-v2'),
    'every client id',
    '+ Connect client/*',
    '+ Publish,Receive topic/dt/*',
    '+ Subscribe topicfilter/dt/*',
  ),
  weak(
    'fleet provisioning sample, claim',
    hub('aws/aws-iot-device-sdk-python-v2/issues/80'),
    'right but for the client id',
    '+ Connect client/*',
    '+ Publish,Receive topic/$aws/certificates/create/*,topic/$aws/certificates/create-from-csr/*,topic/$aws/provisioning-templates/t/provision/*',
    '+ Subscribe topicfilter/$aws/certificates/create/*,topicfilter/$aws/certificates/create-from-csr/*,topicfilter/$aws/provisioning-templates/t/provision/*',
  ),
  bad(
    'demos of FreeRTOS',
    COMMON,
    'every topic under every client id',
    '+ Connect client/*',
    '+ Publish,Receive topic/*',
    '+ Subscribe topicfilter/*',
  ),
  bad('embedded C SDK, everything', COMMON, 'the whole account', '+ iot:* *'),
  bad(
    'construct that makes certificates, default policy',
    hub('devops-at-home/cdk-iot-core-certificates'),
    'every topic and every shadow',
    '+ Publish,Subscribe,Connect,Receive,GetThingShadow,UpdateThingShadow,DeleteThingShadow *',
  ),
  bad(
    'starter kit that uses the client id',
    hub('m5stack/Core2-for-AWS-IoT-Kit/issues/81'),
    'any device pretends to be any other',
    '+ Connect client/{client}',
    '+ Publish topic/{client}/*',
    '+ Subscribe topicfilter/{client}/*',
    '+ Receive topic/{client}/*',
  ),
  bad(
    'Terraform registry example',
    'https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iot_policy',
    'the whole account',
    '+ iot:* *',
  ),
  bad(
    'Terraform role example',
    'https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iot_role_alias',
    'every role alias',
    '+ AssumeRoleWithCertificate *',
  ),
  bad(
    'Pulumi registry example, provisioned devices',
    'https://www.pulumi.com/registry/packages/aws/api-docs/iot/provisioningtemplate/',
    'every filter',
    '+ Subscribe *',
  ),
  bad(
    'Cognito users of a dashboard',
    COMMON,
    'every user reads and writes every room',
    '+ Connect client/{identity}',
    '+ Publish,Receive topic/room/*',
    '+ Subscribe topicfilter/room/*',
  ),
  good(
    'Cognito users with a room of their own',
    COMMON,
    'bound by the identity',
    '+ Connect client/{identity}',
    '+ Publish,Receive topic/room/{identity}/*',
    '+ Subscribe topicfilter/room/{identity}/*',
  ),
  good(
    "a blog's sensor by its name",
    'https://oneuptime.com/blog/post/2026-02-12-iot-core-policies-device-permissions/view',
    'written for one device',
    '+ Connect client/sensor-001',
    '+ Publish topic/devices/sensor-001/telemetry',
    '+ Subscribe topicfilter/devices/sensor-001/commands',
    '+ Receive topic/devices/sensor-001/commands',
  ),
  good(
    "a blog's sensors by variable",
    'https://oneuptime.com/blog/post/2026-02-12-iot-core-policies-device-permissions/view',
    'bound by the thing',
    '+ Connect client/{thing}',
    '+ Publish topic/devices/{thing}/*',
    '+ Subscribe topicfilter/devices/{thing}/commands/*',
    '+ Receive topic/devices/{thing}/commands/*',
  ),
  good(
    'device client of AWS with jobs, tunnels and shadow',
    hub('awslabs/aws-iot-device-client'),
    'bound by the thing',
    '+ Connect client/{thing}',
    '+ Publish topic/$aws/things/{thing}/jobs/*,topic/$aws/things/{thing}/shadow/*,topic/$aws/things/{thing}/defender/metrics/json',
    '+ Subscribe topicfilter/$aws/things/{thing}/jobs/*,topicfilter/$aws/things/{thing}/tunnels/notify,topicfilter/$aws/things/{thing}/shadow/*',
    '+ Receive topic/$aws/things/{thing}/jobs/*,topic/$aws/things/{thing}/tunnels/notify,topic/$aws/things/{thing}/shadow/*',
  ),
  bad(
    'device client, tunnels of all',
    hub('awslabs/aws-iot-device-client/issues/223'),
    'takes over remote sessions of others',
    '+ Connect client/{thing}',
    '+ Subscribe topicfilter/$aws/things/*/tunnels/notify',
    '+ Receive topic/$aws/things/*/tunnels/notify',
  ),
  good(
    'Greengrass core with a role of its own, tightened',
    hub('aws-greengrass/aws-greengrass-lite/pull/955'),
    'bound by the thing',
    '+ Connect client/{thing}',
    '+ Publish,Receive topic/$aws/things/{thing}/shadow/*,topic/$aws/things/{thing}/jobs/*',
    '+ Subscribe topicfilter/$aws/things/{thing}/shadow/*,topicfilter/$aws/things/{thing}/jobs/*',
    '+ AssumeRoleWithCertificate rolealias/tes',
    '+ greengrass:GetComponentVersionArtifact,greengrass:ResolveComponentCandidates,greengrass:GetDeploymentConfiguration,greengrass:ListThingGroupsForCoreDevice *',
  ),
  bad(
    'camera with credentials of any alias',
    'https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/how-iot.html',
    'every role alias',
    '+ Connect *',
    '+ AssumeRoleWithCertificate *',
  ),
  good(
    'camera with credentials of one alias',
    'https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/how-iot.html',
    'named in full',
    '+ Connect client/{thing}',
    '+ AssumeRoleWithCertificate rolealias/cameras',
  ),
  bad(
    'vehicles that share one broadcast tree',
    COMMON,
    'any vehicle writes what all read',
    '+ Connect client/{thing} ? attached',
    '+ Publish,Receive topic/fleet/broadcast/*',
    '+ Subscribe topicfilter/fleet/broadcast/*',
  ),
  bad(
    'smart home: the whole house, by wildcard',
    COMMON,
    'every house',
    '+ Connect client/{thing} ? attached',
    '+ Publish,Receive topic/home/*/lights',
    '+ Subscribe topicfilter/home/*/lights',
  ),
  good(
    'smart home: the house in an attribute',
    COMMON,
    'bound by an attribute',
    '+ Connect client/{thing} ? attached',
    '+ Publish,Receive topic/home/{attr.house}/*',
    '+ Subscribe topicfilter/home/{attr.house}/*',
  ),
  bad(
    'sprinkler: control plane rights',
    COMMON,
    'the device makes certificates',
    '+ Connect client/{thing}',
    '+ CreateThing,CreateCertificateFromCsr,AttachThingPrincipal *',
  ),
];

const iot = (name: string, Properties: object): object => ({ Type: `AWS::IoT::${name}`, Properties });
const arnOf = (id: string): object => ({ 'Fn::GetAtt': [id, 'Arn'] });
const TRUST = (service: string, condition?: object): object => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: service },
      Action: 'sts:AssumeRole',
      ...(condition === undefined ? {} : { Condition: condition }),
    },
  ],
});
const ACCOUNT = { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } };
const role = (service: string, statements: object[], condition?: object): object => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: TRUST(service, condition),
    Policies: [{ PolicyName: 'p', PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
  },
});

const template = (
  label: Sample['label'],
  name: string,
  source: string,
  reason: string,
  resources: Sample['resources'],
): Sample => ({ name, label, reason, source, resources });
const behavior = (Metric: string, ComparisonOperator: string, Count: string): object => ({
  Name: Metric.replace('aws:', ''),
  Metric,
  Criteria: { ComparisonOperator, Value: { Count }, DurationSeconds: 300 },
});
const PROFILE = {
  TargetArns: ['arn:aws:iot:us-east-1:123456789012:all/registered-things'],
  AlertTargets: { SNS: { AlertTargetArn: { 'Fn::ImportValue': 'x' }, RoleArn: { 'Fn::ImportValue': 'y' } } },
};
const BODY = JSON.stringify({
  Resources: {
    policy: { Type: 'AWS::IoT::Policy', Properties: { PolicyDocument: document(['+ Connect client/{thing}']) } },
  },
});

const templates: Sample[] = [
  template(
    'bad',
    'construct that hands out the private key',
    hub('devops-at-home/cdk-iot-core-certificates'),
    'the key stands in an environment variable',
    {
      Device: {
        Type: 'Custom::IotDevice',
        Properties: { ServiceToken: 'arn:aws:lambda:us-east-1:123456789012:function:x' },
      },
      Uploader: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          Code: { S3Bucket: 'b', S3Key: 'k' },
          Role: 'arn:aws:iam::123456789012:role/uploader',
          Environment: { Variables: { KEY: { 'Fn::GetAtt': ['Device', 'privKey'] } } },
        },
      },
    },
  ),
  template(
    'bad',
    'key pair kept in Parameter Store',
    hub('cdklabs/cdk-aws-iot-thing-certificate-policy'),
    'the key is made in the cloud and stored as plain text',
    {
      Keys: { Type: 'Custom::AWS', Properties: { Create: '{"service":"Iot","action":"createKeysAndCertificate"}' } },
      Parameter: {
        Type: 'AWS::SSM::Parameter',
        Properties: { Type: 'String', Value: { 'Fn::GetAtt': ['Keys', 'keyPair.PrivateKey'] } },
      },
    },
  ),
  template(
    'bad',
    'certificate with a policy and no thing',
    COMMON,
    'variables of the thing have no value, nothing can isolate it',
    {
      Certificate: iot('Certificate', { Status: 'ACTIVE', CertificateSigningRequest: 'csr' }),
      Attach: iot('PolicyPrincipalAttachment', { PolicyName: 'p', Principal: arnOf('Certificate') }),
    },
  ),
  template('bad', 'one certificate for a rack of devices', COMMON, 'a shared certificate', {
    A: iot('ThingPrincipalAttachment', {
      ThingName: 'a',
      Principal: 'arn:aws:iot:us-east-1:123456789012:cert/1',
      ThingPrincipalType: 'EXCLUSIVE_THING',
    }),
    B: iot('ThingPrincipalAttachment', {
      ThingName: 'b',
      Principal: 'arn:aws:iot:us-east-1:123456789012:cert/1',
      ThingPrincipalType: 'EXCLUSIVE_THING',
    }),
  }),
  template(
    'bad',
    'fleet provisioning without a hook',
    hub('aws-samples/aws-iot-fleet-provisioning'),
    'whoever holds the claim enrolls',
    {
      Template: iot('ProvisioningTemplate', { Enabled: true, ProvisioningRoleArn: arnOf('Role'), TemplateBody: BODY }),
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: TRUST('iot.amazonaws.com', ACCOUNT),
          ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSIoTThingsRegistration'],
        },
      },
    },
  ),
  template(
    'bad',
    'fleet provisioning with a role that may do all',
    hub('aws-samples/aws-iot-fleet-provisioning'),
    'onboarding as a way to the account',
    {
      Template: iot('ProvisioningTemplate', {
        Enabled: true,
        ProvisioningRoleArn: arnOf('Role'),
        TemplateBody: BODY,
        PreProvisioningHook: { TargetArn: { 'Fn::ImportValue': 'h' } },
      }),
      Role: role('iot.amazonaws.com', [{ Effect: 'Allow', Action: 'iot:*', Resource: '*' }], ACCOUNT),
    },
  ),
  template(
    'bad',
    'hook that any account may call',
    hub('aws-samples/aws-iot-fleet-provisioning'),
    'a confused deputy',
    {
      Permission: {
        Type: 'AWS::Lambda::Permission',
        Properties: { Action: 'lambda:InvokeFunction', FunctionName: 'hook', Principal: 'iot.amazonaws.com' },
      },
    },
  ),
  template('bad', 'authority that registers by itself', COMMON, 'nobody looks at new certificates', {
    Authority: iot('CACertificate', {
      CACertificatePem: 'pem',
      VerificationCertificatePem: 'pem',
      Status: 'ACTIVE',
      AutoRegistrationStatus: 'ENABLE',
    }),
  }),
  template(
    'bad',
    'custom domain with an old security policy',
    'https://docs.aws.amazon.com/iot/latest/developerguide/transport-security.html',
    'TLS 1.0',
    {
      Domain: iot('DomainConfiguration', {
        AuthenticationType: 'AWS_X509',
        ApplicationProtocol: 'SECURE_MQTT',
        TlsConfig: { SecurityPolicy: 'IoTSecurityPolicy_TLS12_1_0_2016_01' },
      }),
    },
  ),
  template('bad', 'custom authorizer without signatures', COMMON, 'anybody runs the function', {
    Authorizer: iot('Authorizer', {
      AuthorizerFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:a',
      SigningDisabled: true,
      Status: 'ACTIVE',
    }),
  }),
  template(
    'bad',
    'token exchange role that sees every bucket',
    'https://docs.aws.amazon.com/greengrass/v2/developerguide/device-service-role.html',
    'one role for the fleet, all buckets',
    {
      Alias: iot('RoleAlias', { RoleArn: arnOf('Role') }),
      Role: role(
        'credentials.iot.amazonaws.com',
        [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::*' }],
        ACCOUNT,
      ),
    },
  ),
  template('bad', 'role alias that lasts for twelve hours', COMMON, 'an isolated device goes on', {
    Alias: iot('RoleAlias', { RoleArn: arnOf('Role'), CredentialDurationSeconds: 43200 }),
    Role: role(
      'credentials.iot.amazonaws.com',
      [{ Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::b/${credentials-iot:ThingName}/*' }],
      ACCOUNT,
    ),
  }),
  template(
    'good',
    'camera with a stream of its own',
    'https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/how-iot.html',
    'bound by the thing name',
    {
      Alias: iot('RoleAlias', { RoleArn: arnOf('Role'), CredentialDurationSeconds: 3600 }),
      Role: role(
        'credentials.iot.amazonaws.com',
        [
          {
            Effect: 'Allow',
            Action: ['kinesisvideo:PutMedia', 'kinesisvideo:GetDataEndpoint'],
            Resource: 'arn:aws:kinesisvideo:us-east-1:123456789012:stream/${credentials-iot:ThingName}/*',
          },
        ],
        ACCOUNT,
      ),
    },
  ),
  template(
    'bad',
    'behaviors the wrong way round',
    hub('aws-samples/iot-device-defender-integration-with-securityhub'),
    'criteria say what is normal: it alarms on healthy devices',
    {
      Profile: iot('SecurityProfile', {
        ...PROFILE,
        Behaviors: [
          behavior('aws:num-authorization-failures', 'greater-than', '5'),
          behavior('aws:num-connection-attempts', 'less-than', '20'),
          behavior('aws:num-messages-sent', 'less-than', '100'),
        ],
      }),
      Act: iot('MitigationAction', {
        RoleArn: 'arn:aws:iam::123456789012:role/r',
        ActionParams: { UpdateDeviceCertificateParams: { Action: 'DEACTIVATE' } },
      }),
    },
  ),
  template('bad', 'profile that tells nobody', COMMON, 'no alert target', {
    Profile: iot('SecurityProfile', {
      TargetArns: PROFILE.TargetArns,
      Behaviors: [behavior('aws:num-authorization-failures', 'less-than', '5')],
    }),
  }),
  template('bad', 'quarantine group that is a name', hub('aws/aws-cdk/issues/26166'), 'no policy is attached to it', {
    Group: iot('ThingGroup', { ThingGroupName: 'quarantine', Tags: [{ Key: 'owner', Value: 'x' }] }),
  }),
  template('bad', 'audit of three checks', COMMON, 'most checks stay off', {
    Audit: iot('AccountAuditConfiguration', {
      AccountId: { Ref: 'AWS::AccountId' },
      RoleArn: 'arn:aws:iam::123456789012:role/r',
      AuditCheckConfigurations: { LoggingDisabledCheck: { Enabled: true } },
    }),
    Daily: iot('ScheduledAudit', { Frequency: 'DAILY', TargetCheckNames: ['LOGGING_DISABLED_CHECK'] }),
  }),
  template('bad', 'logging that is off', COMMON, 'refusals leave no trace', {
    Logging: iot('Logging', {
      AccountId: { Ref: 'AWS::AccountId' },
      DefaultLogLevel: 'DISABLED',
      RoleArn: 'arn:aws:iam::123456789012:role/r',
    }),
  }),
  template('bad', 'rule that drops what fails', COMMON, 'no error action', {
    Rule: iot('TopicRule', {
      TopicRulePayload: {
        Sql: "SELECT * FROM 'device/+/data'",
        Actions: [{ Lambda: { FunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:f' } }],
      },
    }),
  }),
  template('good', 'rule with an error action', COMMON, 'nothing is lost', {
    Rule: iot('TopicRule', {
      TopicRulePayload: {
        Sql: "SELECT * FROM 'device/+/data'",
        Actions: [{ Sqs: { QueueUrl: 'q', RoleArn: 'r' } }],
        ErrorAction: { S3: { BucketName: 'b', Key: 'k', RoleArn: 'r' } },
      },
    }),
  }),
  template('weak', 'job for all at once', COMMON, 'nothing stops it', {
    Job: iot('JobTemplate', { JobTemplateId: 'j', Description: 'd', Document: '{}' }),
  }),
  template('weak', 'bare things', COMMON, 'nobody knows whose they are', {
    Thing: iot('Thing', { ThingName: 'a' }),
  }),
];

export const SAMPLES: readonly Sample[] = [...policies, ...templates];
