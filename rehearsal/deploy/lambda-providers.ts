import { pollQueue, filtersOf } from '../cloud/event-sources';
import { NotModelled } from '../cloud/fault';
import type { DeployedFunction, FunctionProps } from '../cloud/functions';
import { readStream, type StreamMapping } from '../cloud/kinesis/reader';
import { recordOf } from '../cloud/operation';
import type { Cloudlike } from '../cloud/parts';
import type { StreamRecord, TableStream } from '../cloud/streams';
import { gap } from '../cloud/world';
import { isTrue, number, type Provider, type ResourceRequest, text, texts } from './provider';
import { addResourcePolicy, failedStream, STREAM_TRIES } from './shared';

type Json = Readonly<Record<string, unknown>>;

/** Of an event that waits for a function. */
const OLDEST_SECONDS = 21_600;

/** Functions, who may call them, and what calls them. */
export const LAMBDA_PROVIDERS: Readonly<Record<string, Provider>> = {
  'AWS::Lambda::Function': (request, { functions, sqs, world }) => {
    const { properties } = request;
    const { partition, region, account } = world.place;
    const name = text(properties, 'FunctionName') ?? request.generatedName(64);
    const arn = `arn:${partition}:lambda:${region}:${account}:function:${name}`;
    const deadLetterArn = text(recordOf(properties.DeadLetterConfig), 'TargetArn');
    if (deadLetterArn !== undefined) sqs.markDeadLetter(deadLetterArn);
    const props: FunctionProps = {
      name,
      arn,
      label: request.label,
      roleArn: text(properties, 'Role') ?? '',
      runtime: text(properties, 'Runtime') ?? 'a container image',
      handler: text(properties, 'Handler') ?? 'index.handler',
      environment: Object.fromEntries(
        Object.entries(recordOf(recordOf(properties.Environment).Variables)).map(([key, value]) => [
          key,
          String(value),
        ]),
      ),
      timeoutSeconds: number(properties, 'Timeout', 3),
      memoryMegabytes: number(properties, 'MemorySize', 128),
      logGroup: text(recordOf(properties.LoggingConfig), 'LogGroup') ?? `/aws/lambda/${name}`,
      code: codeOf(recordOf(properties.Code)),
      deadLetterArn,
      retries: 2,
      oldestSeconds: OLDEST_SECONDS,
    };
    if (
      properties.ReservedConcurrentExecutions !== undefined &&
      number(properties, 'ReservedConcurrentExecutions', 1) === 0
    )
      throw new NotModelled('a function without concurrency', `function ${request.label} never runs`);
    if (!world.authorizer.roles.has(props.roleArn))
      throw new NotModelled(
        `role ${props.roleArn}`,
        `function ${request.label} never runs: its role is no part of the assembly`,
      );
    const assumed = world.authorizer.assume('lambda.amazonaws.com', props.roleArn);
    if (!assumed.allowed)
      throw new Error(`the role of the function cannot be assumed by Lambda: ${assumed.missing ?? ''}`);
    functions.create(props);
    return { ref: name, attributes: { Arn: arn } };
  },

  'AWS::Lambda::Version': (request, { functions }) => {
    const arn = `${functions.arnOf(text(request.properties, 'FunctionName') ?? '')}:1`;
    return { ref: arn, attributes: { FunctionArn: arn, Version: '1' } };
  },

  'AWS::Lambda::Alias': (request, { functions }) => {
    const { properties } = request;
    const arn = `${functions.arnOf(text(properties, 'FunctionName') ?? '')}:${text(properties, 'Name') ?? ''}`;
    return { ref: arn, attributes: { AliasArn: arn } };
  },

  'AWS::Lambda::Permission': (request, { functions, world }) => {
    const { properties } = request;
    const target = functions.arnOf(text(properties, 'FunctionName') ?? '');
    const organization = text(properties, 'PrincipalOrgID');
    const principal = text(properties, 'Principal') ?? '*';
    const sourceArn = text(properties, 'SourceArn');
    const sourceAccount = text(properties, 'SourceAccount');
    const statement = {
      Effect: 'Allow',
      Action: text(properties, 'Action'),
      Resource: '*',
      Principal: principal.includes('.amazonaws.') ? { Service: principal } : { AWS: principal },
      Condition: {
        ...(sourceArn !== undefined && { ArnLike: { 'aws:SourceArn': sourceArn } }),
        StringEquals: {
          ...(sourceAccount !== undefined && { 'aws:SourceAccount': sourceAccount }),
          ...(organization !== undefined && { 'aws:PrincipalOrgID': organization }),
        },
      },
    };
    addResourcePolicy(world, target, request.label, {
      Statement: [statement],
    });
    return { ref: request.generatedName() };
  },

  'AWS::Lambda::EventInvokeConfig': (request, { functions, sqs }) => {
    const { properties } = request;
    const target = functions.find(text(properties, 'FunctionName') ?? '');
    const destinations = recordOf(properties.DestinationConfig);
    const onFailure = text(recordOf(destinations.OnFailure), 'Destination');
    if (target !== undefined) {
      target.props.retries = number(properties, 'MaximumRetryAttempts', 2);
      target.props.oldestSeconds = number(properties, 'MaximumEventAgeInSeconds', OLDEST_SECONDS);
      if (onFailure !== undefined) {
        sqs.markDeadLetter(onFailure);
        target.props.deadLetterArn = onFailure;
      }
    }
    const limits =
      destinations.OnSuccess === undefined
        ? []
        : [{ subject: 'OnSuccess of a function', meaning: 'nobody hears of what the function gives' }];
    return { ref: request.generatedName(), limits };
  },

  'AWS::Lambda::EventSourceMapping': (request, cloud) => {
    const { functions, sqs, streams, kinesis, world } = cloud;
    const { properties } = request;
    const source = text(properties, 'EventSourceArn') ?? '';
    const target = functions.find(text(properties, 'FunctionName') ?? '');
    const ref = world.random.fork(`mapping ${request.label}`).uuid();
    const made = { ref, attributes: { Id: ref } };
    if (properties.Enabled === false || properties.Enabled === 'false') return made;
    if (target === undefined) return unread(cloud, source, text(properties, 'FunctionName') ?? '', request.label);
    const filters = filtersOf(properties.FilterCriteria);
    const partialBatches = texts(properties.FunctionResponseTypes).includes('ReportBatchItemFailures');
    const queue = sqs.find(source);
    const stream = streams.get(source);
    const data = kinesis.find(source);
    if (queue !== undefined) {
      const batchSize = number(properties, 'BatchSize', 10);
      const windowSeconds = number(properties, 'MaximumBatchingWindowInSeconds', 0);
      pollQueue(world, functions, queue, target, { batchSize, windowSeconds, partialBatches, filters });
    } else if (data !== undefined) {
      const mapping = streamMapping(request, filters, partialBatches);
      if (mapping.onFailureArn !== undefined) sqs.markDeadLetter(mapping.onFailureArn);
      readStream({ world, functions, kinesis, sqs }, data, target, mapping);
    } else if (stream !== undefined) readTable(request, cloud, stream, target, { filters, partialBatches });
    else throw new NotModelled(`event source ${source}`, `${target.props.label} is never called for it`);
    return made;
  },
};

/** What comes to a source, for a function that does not stand, lies on the path. */
function unread({ sqs, kinesis, streams, world }: Cloudlike, source: string, name: string, label: string): never {
  const tell = () => gap(world, `function ${name}`, `${label} reads nothing of what is there for it`);
  const queue = sqs.find(source);
  if (queue !== undefined) queue.onSend = tell;
  const stream = kinesis.find(source);
  if (stream !== undefined) stream.onPut = tell;
  streams
    .get(source)
    ?.read(
      { name: label, batchSize: 1, filters: [], tries: 0, bisects: false, giveUp: () => undefined },
      async () => (tell(), true),
    );
  throw new NotModelled(`function ${name}`, `${label} reads nothing: its function does not run here`);
}

/** A function reads the stream of a table. */
function readTable(
  { label, properties }: ResourceRequest,
  { functions, sqs, world }: Cloudlike,
  stream: TableStream,
  target: DeployedFunction,
  { filters, partialBatches }: { readonly filters: readonly unknown[]; readonly partialBatches: boolean },
): void {
  for (const name of ['TumblingWindowInSeconds', 'MaximumRecordAgeInSeconds'])
    if (number(properties, name, -1) > 0)
      throw new NotModelled(`${name} on the stream of a table`, `${label} reads nothing`);
  const deadLetterArn = text(recordOf(recordOf(properties.DestinationConfig).OnFailure), 'Destination');
  if (deadLetterArn !== undefined) sqs.markDeadLetter(deadLetterArn);
  const given = number(properties, 'MaximumRetryAttempts', -1);
  stream.read(
    {
      name: label,
      batchSize: number(properties, 'BatchSize', 100),
      filters,
      tries: given < 0 ? STREAM_TRIES : Math.min(given, STREAM_TRIES),
      bisects: isTrue(properties.BisectBatchOnFunctionError),
      giveUp: (records) => {
        if (deadLetterArn === undefined) failedStream(world, label);
        else sqs.deadLetter(deadLetterArn, JSON.stringify({ records }), `${label} could not be handled`, label);
      },
    },
    async (records) => {
      const answer = await functions.invoke(target, { Records: records }, 'dynamodb');
      if (answer.kind !== 'value') return false;
      return partialBatches ? handled(answer.value, records) : true;
    },
  );
}

/** How many records come before the first that failed, which is where the next batch begins. */
function handled(value: unknown, records: readonly StreamRecord[]): number {
  const { batchItemFailures = [] } = recordOf(value) as { batchItemFailures?: { itemIdentifier?: string }[] };
  const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  const first = records.findIndex(({ dynamodb }) => failed.has(text(recordOf(dynamodb), 'SequenceNumber')));
  // An id that is none fails the whole batch.
  return failed.size === 0 ? records.length : Math.max(0, first);
}

function streamMapping(
  { label, properties }: ResourceRequest,
  filters: readonly unknown[],
  partialBatches: boolean,
): StreamMapping {
  if (number(properties, 'ParallelizationFactor', 1) !== 1)
    throw new NotModelled('ParallelizationFactor of an event source', `${label} reads nothing`);
  const position = text(properties, 'StartingPosition');
  if (position !== 'TRIM_HORIZON' && position !== 'LATEST')
    throw new NotModelled(`StartingPosition ${position ?? ''}`, `${label} reads nothing`);
  return {
    label,
    batchSize: number(properties, 'BatchSize', 100),
    batchingSeconds: number(properties, 'MaximumBatchingWindowInSeconds', 0),
    windowSeconds: number(properties, 'TumblingWindowInSeconds', 0),
    fromNow: position === 'LATEST',
    bisects: isTrue(properties.BisectBatchOnFunctionError),
    retries: number(properties, 'MaximumRetryAttempts', -1),
    oldestSeconds: number(properties, 'MaximumRecordAgeInSeconds', -1),
    partialBatches,
    filters,
    onFailureArn: text(recordOf(recordOf(properties.DestinationConfig).OnFailure), 'Destination'),
  };
}

function codeOf(code: Json): FunctionProps['code'] {
  const inline = text(code, 'ZipFile');
  return inline === undefined ? { key: text(code, 'S3Key') ?? '' } : { inline };
}
