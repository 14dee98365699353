import { CreateLogGroupCommand, dynamodb, kinesis, s3 } from '../../../support/service-calls';
import { NO, TAKEN, type Row } from './row';

const onTable = { TableName: 'table' } as const;
const nowhere = { TableName: 'no-table' } as const;
const CONDITION = { ConditionExpression: 'attribute_exists(id)' } as const;
const KEY = { id: { S: 'nobody' } } as const;

export const STORES: Readonly<Record<string, Row>> = {
  'dynamodb:PutItem': {
    works: (a) => ['dynamodb', new dynamodb.PutItemCommand({ ...onTable, Item: { id: { S: a.new() } } })],
    fails: [
      [NO, () => ['dynamodb', new dynamodb.PutItemCommand({ ...nowhere, Item: KEY })]],
      [
        'ConditionalCheckFailedException',
        () => ['dynamodb', new dynamodb.PutItemCommand({ ...onTable, Item: KEY, ...CONDITION })],
      ],
    ],
  },
  'dynamodb:GetItem': {
    works: async (a) => ['dynamodb', new dynamodb.GetItemCommand({ ...onTable, Key: { id: { S: await a.item() } } })],
    fails: [
      [NO, () => ['dynamodb', new dynamodb.GetItemCommand({ ...nowhere, Key: KEY })]],
      ['ValidationException', () => ['dynamodb', new dynamodb.GetItemCommand({ ...onTable, Key: { no: { S: 'x' } } })]],
    ],
  },
  'dynamodb:UpdateItem': {
    works: async (a) => [
      'dynamodb',
      new dynamodb.UpdateItemCommand({
        ...onTable,
        Key: { id: { S: await a.item() } },
        UpdateExpression: 'SET a = :a',
        ExpressionAttributeValues: { ':a': { N: '1' } },
      }),
    ],
    fails: [
      [
        'ConditionalCheckFailedException',
        () => ['dynamodb', new dynamodb.UpdateItemCommand({ ...onTable, Key: KEY, ...CONDITION })],
      ],
    ],
  },
  'dynamodb:DeleteItem': {
    works: async (a) => [
      'dynamodb',
      new dynamodb.DeleteItemCommand({ ...onTable, Key: { id: { S: await a.item() } } }),
    ],
    fails: [
      [
        'ConditionalCheckFailedException',
        () => ['dynamodb', new dynamodb.DeleteItemCommand({ ...onTable, Key: KEY, ...CONDITION })],
      ],
    ],
  },
  'dynamodb:Query': {
    works: async (a) => [
      'dynamodb',
      new dynamodb.QueryCommand({
        ...onTable,
        KeyConditionExpression: 'id = :id',
        ExpressionAttributeValues: { ':id': { S: await a.item() } },
      }),
    ],
    fails: [['ValidationException', () => ['dynamodb', new dynamodb.QueryCommand(onTable)]]],
  },
  'dynamodb:Scan': {
    works: () => ['dynamodb', new dynamodb.ScanCommand(onTable)],
    fails: [
      [NO, () => ['dynamodb', new dynamodb.ScanCommand(nowhere)]],
      ['ValidationException', () => ['dynamodb', new dynamodb.ScanCommand({ ...onTable, Segment: 1 })]],
      [
        'ValidationException',
        () => ['dynamodb', new dynamodb.ScanCommand({ ...onTable, Segment: 2, TotalSegments: 2 })],
      ],
    ],
  },
  'dynamodb:DescribeTable': {
    works: () => ['dynamodb', new dynamodb.DescribeTableCommand(onTable)],
    fails: [[NO, () => ['dynamodb', new dynamodb.DescribeTableCommand(nowhere)]]],
  },
  'dynamodb:TransactWriteItems': {
    works: (a) => [
      'dynamodb',
      new dynamodb.TransactWriteItemsCommand({
        TransactItems: [{ Put: { ...onTable, Item: { id: { S: a.new() } } } }],
      }),
    ],
    fails: [
      [
        'TransactionCanceledException',
        (a) => [
          'dynamodb',
          new dynamodb.TransactWriteItemsCommand({
            TransactItems: [
              { Put: { ...onTable, Item: { id: { S: a.new() } } } },
              { Delete: { ...onTable, Key: KEY, ...CONDITION } },
            ],
          }),
        ],
      ],
    ],
  },
  'kinesis:PutRecord': {
    works: () => [
      'kinesis',
      new kinesis.PutRecordCommand({ StreamName: 'stream', PartitionKey: 'k', Data: Buffer.from('d') }),
    ],
    fails: [
      [
        NO,
        () => [
          'kinesis',
          new kinesis.PutRecordCommand({ StreamName: 'no', PartitionKey: 'k', Data: Buffer.from('d') }),
        ],
      ],
    ],
  },
  'kinesis:PutRecords': {
    works: () => [
      'kinesis',
      new kinesis.PutRecordsCommand({ StreamName: 'stream', Records: [{ PartitionKey: 'k', Data: Buffer.from('d') }] }),
    ],
    fails: [
      ['ValidationException', () => ['kinesis', new kinesis.PutRecordsCommand({ StreamName: 'stream', Records: [] })]],
    ],
  },
  'kinesis:DescribeStreamSummary': {
    works: () => ['kinesis', new kinesis.DescribeStreamSummaryCommand({ StreamName: 'stream' })],
    fails: [[NO, () => ['kinesis', new kinesis.DescribeStreamSummaryCommand({ StreamName: 'no' })]]],
  },
  'logs:CreateLogGroup': {
    works: (a) => ['logs', new CreateLogGroupCommand({ logGroupName: a.new() })],
    fails: [
      [
        TAKEN,
        async (a) => {
          const logGroupName = a.new();
          await a.does(['logs', new CreateLogGroupCommand({ logGroupName })]);
          return ['logs', new CreateLogGroupCommand({ logGroupName })];
        },
      ],
    ],
  },
  's3:PutObject': {
    works: (a) => ['s3', new s3.PutObjectCommand({ Bucket: 'bucket', Key: a.new(), Body: 'text' })],
    fails: [
      ['NoSuchBucket', () => ['s3', new s3.PutObjectCommand({ Bucket: 'no-bucket', Key: 'x', Body: 'text' })]],
      [
        'PreconditionFailed',
        async (a) => {
          const put = { Bucket: 'bucket', Key: a.new(), Body: 'text' };
          await a.does(['s3', new s3.PutObjectCommand(put)]);
          return ['s3', new s3.PutObjectCommand({ ...put, IfNoneMatch: '*' })];
        },
      ],
    ],
  },
  's3:GetObject': {
    works: async (a) => {
      const Key = a.new();
      await a.does(['s3', new s3.PutObjectCommand({ Bucket: 'bucket', Key, Body: 'text' })]);
      return ['s3', new s3.GetObjectCommand({ Bucket: 'bucket', Key })];
    },
    fails: [['NoSuchKey', () => ['s3', new s3.GetObjectCommand({ Bucket: 'bucket', Key: 'nobody' })]]],
  },
};
