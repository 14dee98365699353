import { AwsFault, type Input, type Route } from './fake-aws';

type Attributes = Record<string, { S?: string; N?: string; B?: string }>;

/** The table and the topic of the stream engine, as the SDK sees them. */
export class FakeStream {
  public readonly items = new Map<string, Attributes>();
  public readonly published: { topic: string; message: string }[] = [];
  public readonly groups = new Map<string, string[]>();

  public readonly routes: Route[] = [
    {
      operation: 'GetItem',
      match: 'DynamoDB_20120810.GetItem',
      act: ({ Key }) => ({ Item: this.items.get((Key as Attributes).page?.S ?? '') }),
    },
    {
      operation: 'Scan',
      match: 'DynamoDB_20120810.Scan',
      act: (input) => this.scan(input),
    },
    { operation: 'PutItem', match: 'DynamoDB_20120810.PutItem', act: (input) => this.put(input) },
    {
      operation: 'Publish',
      match: 'Publish',
      format: 'xml',
      act: ({ TopicArn, Message }) => {
        this.published.push({ topic: String(TopicArn), message: String(Message) });
        return {};
      },
    },
    {
      operation: 'ListThingGroupsForThing',
      match: 'GET /things/{thingName}/thing-groups',
      act: ({ thingName }) => {
        const groups = this.groups.get(String(thingName));
        if (groups === undefined) throw new AwsFault('ResourceNotFoundException', 'no such thing', 404);
        return { thingGroups: groups.map((groupName) => ({ groupName })) };
      },
    },
  ];

  /** One item an answer, so that whoever reads must go on; segments as the service has them, of a hash of its own. */
  private scan({ Segment, TotalSegments, ExclusiveStartKey, ConsistentRead }: Input): object {
    if (ConsistentRead !== true) throw new AwsFault('ValidationException', 'what was written last would be missing');
    const of = Number(TotalSegments);
    const keys = [...this.items.keys()].filter((key) => Buffer.from(key).reduce((a, b) => a + b, 0) % of === Segment);
    const from = keys.indexOf((ExclusiveStartKey as Attributes | undefined)?.page?.S ?? '') + 1;
    const key = keys[from];
    if (key === undefined) return { Items: [] };
    return { Items: [this.items.get(key)], LastEvaluatedKey: { page: { S: key } } };
  }

  private put(input: Input): object {
    const item = input.Item as Attributes;
    const key = item.page?.S ?? '';
    const known = this.items.get(key)?.version?.N;
    const expected = (input.ExpressionAttributeValues as Attributes | undefined)?.[':version']?.N;
    if (known !== expected) throw new AwsFault('ConditionalCheckFailedException', 'The conditional request failed');
    this.items.set(key, item);
    return {};
  }
}
