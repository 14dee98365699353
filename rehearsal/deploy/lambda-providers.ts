import { pollQueue, filtersOf } from '../cloud/event-sources';
import { NotModelled } from '../cloud/fault';
import type { FunctionProps } from '../cloud/functions';
import { readStream, type StreamMapping } from '../cloud/kinesis/reader';
import { recordOf } from '../cloud/operation';
import { isTrue, number, type Provider, type ResourceRequest, text, texts } from './provider';
import { addResourcePolicy, failedStream, STREAM_TRIES } from './shared';

type Json = Readonly<Record<string, unknown>>;

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
    };
    const assumed = world.authorizer.assume('lambda.amazonaws.com', props.roleArn);
    if (!assumed.allowed)
      throw new Error(`the role of the function cannot be assumed by Lambda: ${assumed.missing ?? ''}`);
    functions.create(props);
    return { ref: name, attributes: { Arn: arn } };
  },

  'AWS::Lambda::Permission': (request, { functions, world }) => {
    const { properties } = request;
    const target = functions.find(text(properties, 'FunctionName') ?? '');
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
        ...(sourceAccount !== undefined && { StringEquals: { 'aws:SourceAccount': sourceAccount } }),
      },
    };
    addResourcePolicy(world, target?.props.arn ?? text(properties, 'FunctionName') ?? '', request.label, {
      Statement: [statement],
    });
    return { ref: request.generatedName() };
  },

  'AWS::Lambda::EventInvokeConfig': (request, { functions, sqs }) => {
    const { properties } = request;
    const target = functions.find(text(properties, 'FunctionName') ?? '');
    const onFailure = text(recordOf(recordOf(properties.DestinationConfig).OnFailure), 'Destination');
    if (target !== undefined) {
      target.props.retries = number(properties, 'MaximumRetryAttempts', 2);
      if (onFailure !== undefined) {
        sqs.markDeadLetter(onFailure);
        target.props.deadLetterArn = onFailure;
      }
    }
    return { ref: request.generatedName() };
  },

  'AWS::Lambda::EventSourceMapping': (request, cloud) => {
    const { functions, sqs, streams, kinesis, world } = cloud;
    const { properties } = request;
    const source = text(properties, 'EventSourceArn') ?? '';
    const target = functions.find(text(properties, 'FunctionName') ?? '');
    const ref = world.random.fork(`mapping ${request.label}`).uuid();
    const made = { ref, attributes: { Id: ref } };
    if (target === undefined || properties.Enabled === false || properties.Enabled === 'false') return made;
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
    } else if (stream !== undefined) {
      const giveUp = () => failedStream(world, request.label);
      const batchSize = number(properties, 'BatchSize', 100);
      stream.read(
        { name: request.label, batchSize, filters, tries: STREAM_TRIES, giveUp },
        async (records) => (await functions.invoke(target, { Records: records }, 'dynamodb')).kind === 'value',
      );
    } else throw new NotModelled(`event source ${source}`, `${target.props.label} is never called for it`);
    return made;
  },
};

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
