import { filtersOf } from '../cloud/event-sources';
import { NotModelled } from '../cloud/fault';
import { gap } from '../cloud/world';
import { recordOf } from '../cloud/operation';
import { pick, Table } from '../cloud/dynamodb/table';
import type { KeySchema } from '../cloud/dynamodb/table';
import { pipeConsumer, TableStream } from '../cloud/streams';
import type { Cloudlike } from '../cloud/parts';
import { documentOf, isTrue, type Made, number, type Provider, RED, text, texts } from './provider';
import { addResourcePolicy, failedStream, STREAM_TRIES } from './shared';

type Json = Readonly<Record<string, unknown>>;

const TARGETS = ['lambda', 'sqs', 'sns'];
const PROTOCOLS = ['sqs', 'lambda', 'email', 'email-json', 'sms'];

/** So long a queue keeps its messages that does not say. */
const FOUR_DAYS_SECONDS = 345_600;

/** Queues, topics, rules, tables, buckets and what connects them. */
export const SERVICE_PROVIDERS: Readonly<Record<string, Provider>> = {
  'AWS::SQS::Queue': (request, { sqs }) => {
    const { properties } = request;
    const redrive = recordOf(documentOf(properties.RedrivePolicy));
    if (isTrue(properties.FifoQueue))
      throw new NotModelled('a FIFO queue', 'its order and its deduplication are not kept');
    const { props } = sqs.create({
      name: text(properties, 'QueueName') ?? request.generatedName(80),
      delaySeconds: number(properties, 'DelaySeconds', 0),
      visibilitySeconds: number(properties, 'VisibilityTimeout', 30),
      retentionSeconds: number(properties, 'MessageRetentionPeriod', FOUR_DAYS_SECONDS),
      keyArn: text(properties, 'KmsMasterKeyId'),
      ...(redrive.deadLetterTargetArn !== undefined && {
        redrive: {
          deadLetterTargetArn: String(redrive.deadLetterTargetArn),
          maxReceiveCount: Number(redrive.maxReceiveCount),
        },
      }),
    });
    return { ref: props.url, attributes: { Arn: props.arn, QueueName: props.name, QueueUrl: props.url } };
  },

  'AWS::SQS::QueuePolicy': (request, { sqs, world }) => {
    for (const url of texts(request.properties.Queues))
      addResourcePolicy(world, sqs.find(url)?.props.arn ?? url, request.label, request.properties.PolicyDocument);
    return { ref: request.generatedName() };
  },

  'AWS::SNS::Topic': (request, cloud) => {
    const { properties } = request;
    const { partition, region, account } = cloud.world.place;
    const name = text(properties, 'TopicName') ?? request.generatedName();
    const arn = `arn:${partition}:sns:${region}:${account}:${name}`;
    if (isTrue(properties.FifoTopic))
      throw new NotModelled('a FIFO topic', 'its order and its deduplication are not kept');
    cloud.sns.create({ arn, name, keyArn: text(properties, 'KmsMasterKeyId') });
    const subscriptions = Array.isArray(properties.Subscription) ? (properties.Subscription as Json[]) : [];
    for (const subscription of subscriptions) subscribe(cloud, arn, subscription);
    return { ref: arn, attributes: { TopicArn: arn, TopicName: name }, limits: unheard(subscriptions) };
  },

  'AWS::SNS::TopicPolicy': (request, { world }) => {
    for (const arn of texts(request.properties.Topics))
      addResourcePolicy(world, arn, request.label, request.properties.PolicyDocument);
    return { ref: request.generatedName() };
  },

  'AWS::SNS::Subscription': (request, cloud) => {
    const { properties } = request;
    const topicArn = text(properties, 'TopicArn') ?? '';
    if (cloud.sns.find(topicArn) === undefined)
      throw new NotModelled(`topic ${topicArn}`, 'it is no part of the assembly: nothing comes from it');
    return { ref: subscribe(cloud, topicArn, properties), limits: unheard([properties]) };
  },

  'AWS::Events::Rule': (request, { events, world }) => {
    const { properties } = request;
    const { partition, region, account } = world.place;
    const name = text(properties, 'Name') ?? request.generatedName(64);
    const busName = text(properties, 'EventBusName') ?? 'default';
    const arn = `arn:${partition}:events:${region}:${account}:rule/${busName === 'default' ? '' : `${busName}/`}${name}`;
    const targets = ((properties.Targets ?? []) as Json[]).map(targetOf);
    if (properties.State !== 'DISABLED')
      events.add({
        arn,
        name: request.label,
        busName,
        pattern: properties.EventPattern,
        schedule: text(properties, 'ScheduleExpression'),
        targets,
      });
    const limits = targets
      .filter((target) => !TARGETS.includes(target.arn.split(':')[2] ?? ''))
      .map((target) => ({ subject: `target ${target.arn} of a rule`, meaning: RED }));
    return { ref: name, attributes: { Arn: arn }, limits };
  },

  'AWS::Events::EventBus': (request, { events }) => {
    const name = text(request.properties, 'Name') ?? request.generatedName();
    return { ref: name, attributes: { Arn: events.busArn(name), Name: name } };
  },

  'AWS::DynamoDB::Table': (request, cloud) => {
    const { properties } = request;
    const { partition, region, account } = cloud.world.place;
    const name = text(properties, 'TableName') ?? request.generatedName();
    const arn = `arn:${partition}:dynamodb:${region}:${account}:table/${name}`;
    const view = text(recordOf(properties.StreamSpecification), 'StreamViewType');
    const streamArn = view === undefined ? undefined : `${arn}/stream/2026-01-01T00:00:00.000`;
    const definitions = (properties.AttributeDefinitions ?? []) as { AttributeName: string; AttributeType: string }[];
    const key = keyOf(properties.KeySchema);
    const sse = recordOf(properties.SSESpecification);
    const table = new Table({
      name,
      arn,
      key,
      attributeTypes: Object.fromEntries(
        definitions.map(({ AttributeName, AttributeType }) => [AttributeName, AttributeType]),
      ),
      indexes: Object.fromEntries(
        [properties.GlobalSecondaryIndexes, properties.LocalSecondaryIndexes].flatMap((list) => indexesOf(list, key)),
      ),
      keyArn: text(sse, 'KMSMasterKeyId'),
      streamArn,
    });
    cloud.dynamodb.tables.set(name, table);
    if (streamArn !== undefined && view !== undefined) {
      const stream = new TableStream(streamArn, view, cloud.world);
      cloud.streams.set(streamArn, stream);
      table.onWrite = (write) => stream.write(write);
    }
    cloud.onTable(table);
    return { ref: name, attributes: { Arn: arn, StreamArn: streamArn } };
  },

  'AWS::S3::Bucket': (request, { s3, world }) => {
    const { properties } = request;
    const name = text(properties, 'BucketName') ?? request.generatedName(63).toLowerCase();
    const [rule] = (recordOf(properties.BucketEncryption).ServerSideEncryptionConfiguration ?? []) as Json[];
    const bucket = s3.create(name, text(recordOf(rule?.ServerSideEncryptionByDefault), 'KMSMasterKeyID'));
    if (properties.NotificationConfiguration !== undefined)
      bucket.onPut = () =>
        gap(world, `notifications of bucket ${name}`, 'nobody was told of an object that was put there');
    const { partition, region, urlSuffix } = world.place;
    const domain = `${name}.s3.${urlSuffix}`;
    return {
      ref: name,
      attributes: {
        Arn: `arn:${partition}:s3:::${name}`,
        DomainName: domain,
        RegionalDomainName: `${name}.s3.${region}.${urlSuffix}`,
      },
    };
  },

  'AWS::S3::BucketPolicy': (request, { world }) => {
    addResourcePolicy(
      world,
      `arn:${world.place.partition}:s3:::${text(request.properties, 'Bucket') ?? ''}`,
      request.label,
      request.properties.PolicyDocument,
    );
    return { ref: request.generatedName() };
  },

  'AWS::Pipes::Pipe': (request, cloud) => {
    const { properties } = request;
    const { partition, region, account } = cloud.world.place;
    const name = text(properties, 'Name') ?? request.generatedName(64);
    const arn = `arn:${partition}:pipes:${region}:${account}:pipe/${name}`;
    const source = text(properties, 'Source') ?? '';
    if (text(properties, 'DesiredState') === 'STOPPED') return { ref: name, attributes: { Arn: arn } };
    const stream = cloud.streams.get(source);
    if (stream === undefined) {
      const queue = cloud.sqs.find(source);
      if (queue !== undefined)
        queue.onSend = () => gap(cloud.world, `pipe ${request.label}`, 'what is in its queue does not go through it');
      throw new NotModelled(`pipe source ${source}`, 'nothing goes through the pipe');
    }
    const parameters = recordOf(properties.SourceParameters);
    const reading = recordOf(parameters.DynamoDBStreamParameters);
    const bus = recordOf(recordOf(properties.TargetParameters).EventBridgeEventBusParameters);
    const deadLetterArn = text(recordOf(reading.DeadLetterConfig), 'Arn');
    const giveUp = (records: readonly unknown[]) => {
      if (deadLetterArn === undefined) failedStream(cloud.world, request.label);
      else
        cloud.sqs.deadLetter(deadLetterArn, JSON.stringify({ records }), 'the pipe could not deliver', request.label);
    };
    const pipe = {
      name: request.label,
      arn,
      roleArn: text(properties, 'RoleArn') ?? '',
      enrichmentArn: text(properties, 'Enrichment'),
      targetArn: text(properties, 'Target') ?? '',
      source: text(bus, 'Source') ?? `Pipe ${name}`,
      detailType: text(bus, 'DetailType') ?? 'Event from aws:dynamodb',
    };
    const tries = Math.min(number(reading, 'MaximumRetryAttempts', STREAM_TRIES), STREAM_TRIES);
    stream.read(
      {
        name: request.label,
        batchSize: number(reading, 'BatchSize', 100),
        filters: filtersOf(parameters.FilterCriteria),
        tries,
        bisects: reading.OnPartialBatchItemFailure === 'AUTOMATIC_BISECT',
        giveUp,
      },
      pipeConsumer(cloud.world, { functions: cloud.functions, bus: cloud.events, sqs: cloud.sqs }, pipe, source),
    );
    return { ref: name, attributes: { Arn: arn } };
  },

  'AWS::SSM::Parameter': (request, { ssm }) => {
    const name = text(request.properties, 'Name') ?? request.generatedName();
    const type = text(request.properties, 'Type') ?? 'String';
    ssm.parameters.set(name, { value: text(request.properties, 'Value') ?? '', type, version: 1 });
    return { ref: name, attributes: { Type: type, Value: text(request.properties, 'Value') } };
  },
};

/** Subscriptions that nobody here delivers to. */
function unheard(subscriptions: readonly Json[]): NonNullable<Made['limits']> {
  return subscriptions
    .map((each) => text(each, 'Protocol') ?? '')
    .filter((protocol) => !PROTOCOLS.includes(protocol))
    .map((protocol) => ({ subject: `SNS protocol ${protocol}`, meaning: RED }));
}

function subscribe({ sns, sqs, world }: Cloudlike, topicArn: string, properties: Json): string {
  const topic = sns.find(topicArn);
  const deadLetterArn = text(recordOf(documentOf(properties.RedrivePolicy)), 'deadLetterTargetArn');
  if (deadLetterArn !== undefined) sqs.markDeadLetter(deadLetterArn);
  const arn = `${topicArn}:${world.random.fork(`subscription ${topicArn} ${topic?.subscriptions.length ?? 0}`).uuid()}`;
  topic?.subscriptions.push({
    arn,
    protocol: text(properties, 'Protocol') ?? '',
    endpoint: text(properties, 'Endpoint') ?? '',
    filterPolicy: properties.FilterPolicy === undefined ? undefined : documentOf(properties.FilterPolicy),
    filterScope: properties.FilterPolicyScope === 'MessageBody' ? 'MessageBody' : 'MessageAttributes',
    raw: isTrue(properties.RawMessageDelivery),
    deadLetterArn,
  });
  return arn;
}

function targetOf(target: Json) {
  const transformer = recordOf(target.InputTransformer);
  return {
    arn: text(target, 'Arn') ?? '',
    input: text(target, 'Input'),
    inputPath: text(target, 'InputPath'),
    deadLetterArn: text(recordOf(target.DeadLetterConfig), 'Arn'),
    ...(transformer.InputTemplate !== undefined && {
      transformer: {
        paths: recordOf(transformer.InputPathsMap) as Record<string, string>,
        template: String(transformer.InputTemplate),
      },
    }),
  };
}

function keyOf(schema: unknown): KeySchema {
  const parts = (schema ?? []) as { AttributeName: string; KeyType: string }[];
  const named = (type: string) => parts.find(({ KeyType }) => KeyType === type)?.AttributeName;
  return { hash: named('HASH') ?? '', range: named('RANGE') };
}

function indexesOf(list: unknown, tableKey: KeySchema) {
  return (
    (list ?? []) as {
      IndexName: string;
      KeySchema: unknown;
      Projection?: { ProjectionType?: string; NonKeyAttributes?: string[] };
    }[]
  ).map(({ IndexName, KeySchema, Projection = {} }) => {
    const key = keyOf(KeySchema);
    const names = [key.hash, key.range, tableKey.hash, tableKey.range, ...(Projection.NonKeyAttributes ?? [])].filter(
      (name) => name !== undefined,
    );
    const project =
      Projection.ProjectionType === 'ALL'
        ? (item: Parameters<typeof pick>[0]) => item
        : (item: Parameters<typeof pick>[0]) => pick(item, names);
    return [IndexName, { key, project }] as const;
  });
}
