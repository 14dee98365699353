import { CloudFormationClient, DescribeStackResourceCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as iot from '@aws-sdk/client-iot';
import * as data from '@aws-sdk/client-iot-data-plane';
import * as tunnels from '@aws-sdk/client-iotsecuretunneling';
import * as kinesis from '@aws-sdk/client-kinesis';
import * as s3 from '@aws-sdk/client-s3';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import * as sqs from '@aws-sdk/client-sqs';
import * as ssm from '@aws-sdk/client-ssm';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { makeCertificate } from '../../rehearsal/actor';
import { createKeys, createRequest } from '../../rehearsal/x509/certificates';
import { type ControlPlane, openControlPlane } from './control-plane';
import { arnOf } from './rehearsal-stack';

/** What the calls find in their account. */
const RESOURCES = {
  Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'queue' } },
  Topic: {
    Type: 'AWS::SNS::Topic',
    Properties: { TopicName: 'topic', Tags: [{ Key: 'stack', Value: { Ref: 'AWS::StackId' } }] },
  },
  Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'bucket' } },
  Stream: { Type: 'AWS::Kinesis::Stream', Properties: { Name: 'stream', ShardCount: 1 } },
  Table: {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      TableName: 'table',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    },
  },
  Watched: { Type: 'AWS::IoT::ThingGroup', Properties: { ThingGroupName: 'watched' } },
  Profile: {
    Type: 'AWS::IoT::SecurityProfile',
    Properties: {
      SecurityProfileName: 'rules',
      TargetArns: [arnOf('Watched')],
      Behaviors: [
        {
          Name: 'failures',
          Metric: 'aws:num-authorization-failures',
          Criteria: { ComparisonOperator: 'less-than-equals', DurationSeconds: 300, Value: { Count: '0' } },
        },
      ],
    },
  },
};

type Client = { send(command: unknown): Promise<Record<string, unknown>>; destroy(): void };
export type Service =
  'cloudformation' | 'dynamodb' | 'iot' | 'data' | 'kinesis' | 'logs' | 's3' | 'sns' | 'sqs' | 'ssm' | 'tunnels';
export type Clients = Readonly<Record<Service, Client>>;
/** A call: of which client, and what. */
export type Call = readonly [service: Service, command: object];

/** Names that nobody has used yet, and the things that calls need to be about. */
export class Account {
  public static async open(): Promise<Account> {
    const plane = await openControlPlane('eu-west-1', RESOURCES);
    plane.caller('MAYALL');
    plane.caller('MAYNOTHING', []);
    const connected = { clientId: 'connected', certificateId: '', cleanSession: true, keepAliveSeconds: 60 };
    const view = { ...connected, connected: true, sourceIp: '192.0.2.7', sourcePort: 1, subscriptions: [] };
    plane.cloud.attachBroker({
      get: (clientId) => (clientId === 'connected' ? view : undefined),
      list: () => [view],
      delete: (clientId) => Promise.resolve(clientId === 'connected'),
      disconnectCertificate: () => Promise.resolve(),
    });
    return new Account(plane);
  }

  private count = 0;
  /** Those of somebody who may do everything, and of somebody who may do nothing. */
  public readonly may: Clients;
  public readonly mayNot: Clients;

  private constructor(public readonly plane: ControlPlane) {
    this.may = clients(plane, 'MAYALL');
    this.mayNot = clients(plane, 'MAYNOTHING');
  }

  public get operations(): readonly string[] {
    return this.plane.cloud.services.world.gateway.operations;
  }

  public async close(): Promise<void> {
    for (const client of [...Object.values(this.may), ...Object.values(this.mayNot)]) client.destroy();
    await this.plane.close();
  }

  public new(prefix = 'x'): string {
    return `${prefix}-${++this.count}`;
  }

  public arn(resource: string): string {
    return this.plane.cloud.services.registry.arn(resource);
  }

  /** Sends a call of somebody who may. */
  public does([service, command]: Call): Promise<Record<string, unknown>> {
    return this.may[service].send(command);
  }

  public async thing(): Promise<string> {
    const thingName = this.new('thing');
    await this.does(['iot', new iot.CreateThingCommand({ thingName })]);
    return thingName;
  }

  public async group(parentGroupName?: string): Promise<string> {
    const thingGroupName = this.new('group');
    await this.does(['iot', new iot.CreateThingGroupCommand({ thingGroupName, parentGroupName })]);
    return thingGroupName;
  }

  public async member(): Promise<{ readonly thingName: string; readonly thingGroupName: string }> {
    const both = { thingName: await this.thing(), thingGroupName: await this.group() };
    await this.does(['iot', new iot.AddThingToThingGroupCommand(both)]);
    return both;
  }

  /** What Device Defender Detect holds against a device. */
  public async violation(): Promise<string> {
    const thingName = await this.thing();
    await this.does(['iot', new iot.AddThingToThingGroupCommand({ thingName, thingGroupName: 'watched' })]);
    const { events, clock } = this.plane.cloud;
    const decision = { action: 'iot:Publish', resource: this.arn('topic/a'), allowed: false, because: [] };
    const who = { kind: 'device', name: thingName } as const;
    events.emit({ kind: 'decision', who, what: 'denied', clientId: thingName, thingName, decision });
    await clock.advance(300_000);
    const { activeViolations } = await this.does(['iot', new iot.ListActiveViolationsCommand({ thingName })]);
    return String((activeViolations as iot.ActiveViolation[])[0]?.violationId);
  }

  public async policy(versions = 1): Promise<string> {
    const policyName = this.new('policy');
    await this.does(['iot', new iot.CreatePolicyCommand({ policyName, policyDocument: DOCUMENT })]);
    for (let made = 1; made < versions; made++)
      await this.does(['iot', new iot.CreatePolicyVersionCommand({ policyName, policyDocument: DOCUMENT })]);
    return policyName;
  }

  public async certificate(status: 'ACTIVE' | 'INACTIVE' = 'INACTIVE') {
    const setAsActive = status === 'ACTIVE';
    const made = await this.does([
      'iot',
      new iot.CreateCertificateFromCsrCommand({ certificateSigningRequest: csr(), setAsActive }),
    ]);
    return { id: String(made.certificateId), arn: String(made.certificateArn) };
  }

  /** A certificate with the thing that it is attached to. */
  public async attached() {
    const thingName = await this.thing();
    const { id, arn } = await this.certificate();
    await this.does(['iot', new iot.AttachThingPrincipalCommand({ thingName, principal: arn })]);
    return { thingName, id, principal: arn };
  }

  public async job(): Promise<{ readonly jobId: string; readonly thingName: string }> {
    const thingName = await this.thing();
    const jobId = this.new('job');
    const targets = [this.arn(`thing/${thingName}`)];
    await this.does(['iot', new iot.CreateJobCommand({ jobId, targets, document: '{}' })]);
    return { jobId, thingName };
  }

  public async tunnel(): Promise<string> {
    const destinationConfig = { thingName: await this.thing(), services: ['SSH'] };
    const made = await this.does(['tunnels', new tunnels.OpenTunnelCommand({ destinationConfig })]);
    return String(made.tunnelId);
  }

  public async shadow(): Promise<string> {
    const thingName = await this.thing();
    await this.does(['data', new data.UpdateThingShadowCommand({ thingName, payload: state('on') })]);
    return thingName;
  }

  public async suppression() {
    const clientId = this.new('client');
    const about = { checkName: 'CONFLICTING_CLIENT_IDS_CHECK', resourceIdentifier: { clientId } };
    await this.does([
      'iot',
      new iot.CreateAuditSuppressionCommand({ ...about, suppressIndefinitely: true, clientRequestToken: clientId }),
    ]);
    return about;
  }

  /** Has the account audited, and nothing scheduled. */
  public async audited(): Promise<void> {
    const { scheduledAudits } = await this.does(['iot', new iot.ListScheduledAuditsCommand({})]);
    for (const { scheduledAuditName } of scheduledAudits as iot.ScheduledAuditMetadata[])
      await this.does(['iot', new iot.DeleteScheduledAuditCommand({ scheduledAuditName })]);
    const roleArn = 'arn:aws:iam::123456789012:role/a';
    const on = { LOGGING_DISABLED_CHECK: { enabled: true }, CONFLICTING_CLIENT_IDS_CHECK: { enabled: true } };
    await this.does(['iot', new iot.UpdateAccountAuditConfigurationCommand({ roleArn, auditCheckConfigurations: on })]);
  }

  public async scheduledAudit(): Promise<string> {
    await this.audited();
    const scheduledAuditName = this.new('audit');
    const what = { frequency: 'DAILY' as const, targetCheckNames: ['LOGGING_DISABLED_CHECK'] };
    await this.does(['iot', new iot.CreateScheduledAuditCommand({ ...what, scheduledAuditName })]);
    return scheduledAuditName;
  }

  /** An audit on demand that is done, and that found something. */
  public async task(): Promise<string> {
    await this.audited();
    const { events, clock } = this.plane.cloud;
    const clientId = this.new('client');
    const who = { kind: 'device', name: clientId } as const;
    const change = 'disconnected';
    events.emit({ kind: 'connection', who, what: change, change, clientId, reason: 'DUPLICATE_CLIENTID' });
    const targetCheckNames = ['CONFLICTING_CLIENT_IDS_CHECK'];
    const { taskId } = await this.does(['iot', new iot.StartOnDemandAuditTaskCommand({ targetCheckNames })]);
    await clock.settle();
    return String(taskId);
  }

  public async finding(): Promise<string> {
    const { findings } = await this.does(['iot', new iot.ListAuditFindingsCommand({ taskId: await this.task() })]);
    return String((findings as iot.AuditFinding[])[0]?.findingId);
  }

  public async parameter(): Promise<string> {
    const Name = this.new('/parameters/one');
    await this.does(['ssm', new ssm.PutParameterCommand({ Name, Value: 'v', Type: 'String' })]);
    return Name;
  }

  public async item(): Promise<string> {
    const id = this.new('item');
    await this.does(['dynamodb', new dynamodb.PutItemCommand({ TableName: 'table', Item: { id: { S: id } } })]);
    return id;
  }

  public get stackId(): string {
    const topic = this.plane.cloud.deployment.resources.find(({ logicalId }) => logicalId === 'Topic');
    const [tag] = topic?.properties.Tags as { readonly Value: string }[];
    return String(tag?.Value);
  }

  public get queueUrl(): string {
    return `${this.plane.url}/${this.plane.cloud.account}/queue`;
  }

  /** A message in hand. */
  public async receipt(): Promise<string> {
    await this.does(['sqs', new sqs.SendMessageCommand({ QueueUrl: this.queueUrl, MessageBody: 'hello' })]);
    const { Messages } = await this.does(['sqs', new sqs.ReceiveMessageCommand({ QueueUrl: this.queueUrl })]);
    return (Messages as { ReceiptHandle: string }[])[0]!.ReceiptHandle;
  }
}

export const DOCUMENT = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'iot:Connect', Resource: '*' }],
});

export const csr = (): string => createRequest(createKeys(), 'device');
export const pem = (): string => makeCertificate('device', Date.UTC(2026, 0, 5)).certificatePem;
export const state = (led: string, version?: number): Buffer =>
  Buffer.from(JSON.stringify({ state: { desired: { led } }, version }));

function clients({ url, region }: ControlPlane, accessKeyId: string): Clients {
  const config = { endpoint: url, region, credentials: { accessKeyId, secretAccessKey: 'secret' }, maxAttempts: 1 };
  return {
    dynamodb: new dynamodb.DynamoDBClient(config),
    iot: new iot.IoTClient(config),
    data: new data.IoTDataPlaneClient(config),
    // By itself it would speak HTTP/2.
    kinesis: new kinesis.KinesisClient({ ...config, requestHandler: new NodeHttpHandler() }),
    logs: new CloudWatchLogsClient(config),
    s3: new s3.S3Client({ ...config, forcePathStyle: true }),
    cloudformation: new CloudFormationClient(config),
    sns: new SNSClient(config),
    sqs: new sqs.SQSClient(config),
    ssm: new ssm.SSMClient(config),
    tunnels: new tunnels.IoTSecureTunnelingClient(config),
  } as unknown as Clients;
}

export {
  CreateLogGroupCommand,
  DescribeStackResourceCommand,
  data,
  dynamodb,
  iot,
  kinesis,
  PublishCommand,
  s3,
  sqs,
  ssm,
  tunnels,
};
