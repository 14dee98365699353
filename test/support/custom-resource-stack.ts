import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BatchResponse } from '../../lambda/shared/custom-resource';
import { CUSTOM_RESOURCE } from '../../lambda/shared/contract';
import { BundledHandler } from './bundled-handler';
import { FakeAws, FakeCloudFormation, FakeQueue, type Route } from './fake-aws';

export type Properties = Readonly<Record<string, unknown>>;
export type Answer = Record<string, unknown>;

type RequestType = 'Create' | 'Update' | 'Delete';

/** What waits is delivered as if this much time had gone by. */
const WAITED_MS = 330_000;

/**
 * A stack with one custom resource, of which the function runs as it is deployed, and CloudFormation as it drives it: every
 * leaf a text, a change that fails or is rolled back undone with the properties of both sides, what was replaced cleaned up.
 */
export class CustomResourceStack {
  public static async start(handler: string, type: string, routes: readonly Route[]): Promise<CustomResourceStack> {
    const queue = new FakeQueue();
    const cloudFormation = new FakeCloudFormation();
    const aws = await FakeAws.start([...routes, ...queue.routes, ...cloudFormation.routes]);
    const files = new Map<string, string>();
    const s3 = createServer((request, response) => {
      const text = files.get(new URL(request.url ?? '', 'http://s3').pathname);
      response.writeHead(text === undefined ? 404 : 200).end(text);
    });
    await new Promise<void>((resolve) => s3.listen(0, '127.0.0.1', resolve));
    return new CustomResourceStack(handler, type, aws, queue, cloudFormation, files, s3);
  }

  private readonly handler: BundledHandler;
  private id: string | undefined;
  private current: Properties = {};

  private constructor(
    handler: string,
    private readonly type: string,
    public readonly aws: FakeAws,
    private readonly queue: FakeQueue,
    private readonly cloudFormation: FakeCloudFormation,
    public readonly files: Map<string, string>,
    private readonly s3: Server,
  ) {
    this.handler = new BundledHandler(handler, {
      ...aws.environment(),
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(s3.address() as AddressInfo).port}`,
      STACK_GUID: 'own-guid',
      [CUSTOM_RESOURCE.waitQueueEnv]: `${aws.url}/queue`,
    });
  }

  public async create(properties: Properties): Promise<Answer> {
    const answer = await this.send('Create', properties);
    this.id = String(answer.PhysicalResourceId);
    this.current = properties;
    return answer;
  }

  /** An update that succeeds, unless the function fails it or `rollBack` says that something else in the stack did. */
  public async update(properties: Properties, rollBack = false): Promise<{ answer: Answer; rolledBack?: Answer }> {
    const { id, current } = this;
    const answer = await this.send('Update', properties, { id, old: current });
    const made = String(answer.PhysicalResourceId);
    if (answer.Status === 'SUCCESS' && !rollBack) {
      this.id = made;
      this.current = properties;
      if (made !== id) await this.send('Delete', current, { id });
      return { answer };
    }
    const rolledBack = await this.send('Update', current, { id: made, old: properties });
    this.id = String(rolledBack.PhysicalResourceId);
    if (made !== this.id) await this.send('Delete', properties, { id: made });
    return { answer, rolledBack };
  }

  /**
   * An update that is cancelled while it waits, as `wait` has it do: CloudFormation undoes it at once. What waited comes before
   * that has its answer, and again after it. Returns how many requests waited, and what each left.
   */
  public async cancel(properties: Properties, wait: () => void, state: () => unknown) {
    const { id, current } = this;
    wait();
    await this.deliver(this.request('Update', properties, { id, old: current }));
    this.aws.trouble = () => undefined;
    const stale = this.queue.messages.splice(0);
    const comeBack = async (): Promise<unknown> => {
      this.cloudFormation.changedAt = new Date(Date.now() + 5_000);
      for (const { body } of stale) await this.deliver({ Records: [{ messageId: 'm', body }] });
      this.cloudFormation.changedAt = new Date(0);
      return state();
    };
    await this.deliver(this.request('Update', current, { id, old: properties }));
    const rolledBack = state();
    const states = [await comeBack(), (await this.drain(), await comeBack())];
    return { waited: stale.length, answers: [...this.cloudFormation.answers], rolledBack, states };
  }

  public delete(): Promise<Answer> {
    return this.send('Delete', this.current, { id: this.id });
  }

  /** Sends a request and what the function puts off, to the answer; what the function fails on is delivered again, twice. */
  public async send(
    RequestType: RequestType,
    properties: Properties,
    { id, old }: { id?: string; old?: Properties } = {},
  ): Promise<Answer> {
    await this.deliver(this.request(RequestType, properties, { id, old }));
    await this.drain();
    const answer = this.cloudFormation.answers.at(-1);
    if (answer === undefined) throw new Error('CloudFormation has no answer');
    return answer;
  }

  private request(
    RequestType: RequestType,
    properties: Properties,
    { id, old }: { id?: string; old?: Properties } = {},
  ): object {
    this.cloudFormation.answers.length = 0;
    return {
      RequestType,
      RequestId: 'request',
      ResponseURL: `${this.aws.url}/answers/1`,
      StackId: 'arn:aws:cloudformation:eu-west-1:111122223333:stack/name/own-guid',
      LogicalResourceId: 'Resource',
      PhysicalResourceId: id,
      ResourceType: this.type,
      ResourceProperties: asTexts(properties),
      OldResourceProperties: old && asTexts(old),
    };
  }

  private async drain(): Promise<void> {
    for (let next = this.queue.messages.shift(); next !== undefined; next = this.queue.messages.shift())
      await this.deliver({ Records: [{ messageId: 'm', body: later(next.body) }] });
  }

  public async stop(): Promise<void> {
    await this.handler.stop();
    await this.aws.stop();
    this.s3.closeAllConnections();
    await new Promise((resolve) => this.s3.close(resolve));
  }

  private async deliver(event: object): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const result = (await this.handler.invoke(event)) as BatchResponse | undefined;
        if ((result?.batchItemFailures.length ?? 0) === 0) return;
        throw new Error('the message is to be delivered again');
      } catch (error) {
        if (attempt === 3) throw error;
      }
    }
  }
}

function later(body: string): string {
  const { startedAt, state, ...rest } = JSON.parse(body) as { startedAt: number; state?: Record<string, unknown> };
  const moved = Object.entries(state ?? {}).map(([name, value]) =>
    name === 'settledAt' || name === 'oddSince' ? [name, Number(value) - WAITED_MS] : [name, value],
  );
  return JSON.stringify({
    ...rest,
    startedAt: startedAt - WAITED_MS,
    state: state && (Object.fromEntries(moved) as object),
  });
}

/** CloudFormation hands over every leaf as a text. */
function asTexts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asTexts);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, asTexts(item)]));
  return String(value);
}
