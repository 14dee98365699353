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
