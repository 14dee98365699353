import { createGroupPolicies } from '../../lambda/attach-group-policies/handler';
import type { GroupPoliciesPort } from '../../lambda/attach-group-policies/ports';
import { createCustomResourceHandler, type CustomResourceRequest } from '../../lambda/shared/custom-resource';
import { createLogger } from '../../lambda/shared/logger';
import { AwsFault } from './fake-aws';
import { FakeIotPolicies } from './fake-iot-policies';

export const TYPE = 'Custom::IotGroupPolicies';

/** Properties as CloudFormation sends them; `-D` names a policy that denies, `D!` one of another template. */
export function properties(group: string, policies: string, keepWhileMembers = 'false'): Record<string, unknown> {
  const names = policies.split(' ').filter((name) => name !== '');
  return {
    ServiceToken: 'arn:aws:lambda:eu-west-1:111122223333:function:f',
    ThingGroupName: group,
    ThingGroupArn: FakeIotPolicies.groupArn(group),
    Policies: names.map((name) => ({
      Name: name.replace(/[-!]/g, ''),
      Denies: String(name.includes('-')),
      ...(name.includes('!') ? {} : { Digest: 'd' }),
    })),
    KeepWhileMembers: keepWhileMembers,
  };
}

export function request(
  type: CustomResourceRequest['RequestType'],
  now: Record<string, unknown>,
  before?: Record<string, unknown>,
): CustomResourceRequest {
  return {
    RequestType: type,
    RequestId: `${type}-1`,
    ResponseURL: 'https://example.com/answer',
    StackId: 'arn:aws:cloudformation:eu-west-1:111122223333:stack/Test/1',
    LogicalResourceId: 'Attachment',
    PhysicalResourceId: type === 'Create' ? undefined : `${String((before ?? now).ThingGroupArn)}/policies`,
    ResourceType: TYPE,
    ResourceProperties: now,
    OldResourceProperties: before,
  };
}

type Method = keyof GroupPoliciesPort;

/** What happens to the n-th call of a port; a crash never returns, as the function that made the call is gone. */
export type Disturbance = { readonly at: number; readonly effect: boolean; readonly then: 'crash' | Error };

/** The handler in its engine over an in-memory AWS IoT and a virtual clock. */
export class GroupPoliciesRig {
  public readonly answers: Record<string, unknown>[] = [];
  public readonly calls: string[] = [];
  public readonly logs: Record<string, unknown>[] = [];
  public readonly disturbances: Disturbance[] = [];
  public now = 0;
  private queue: { body: string; due: number }[] = [];
  private crashed: () => void = () => undefined;

  constructor(public readonly iot: FakeIotPolicies) {}

  /** Runs a request and all that it puts off, to its answer; a crash is followed by another delivery, as Lambda and SQS do. */
  public async run(incoming: CustomResourceRequest): Promise<Record<string, unknown>> {
    await this.deliver(incoming);
    while (this.queue.length > 0) {
      const next = this.queue.shift() as { body: string; due: number };
      this.now = Math.max(this.now, next.due);
      await this.deliver({ Records: [{ messageId: 'm', body: next.body }] });
    }
    return this.answers.at(-1) as Record<string, unknown>;
  }

  /** Delivers one event; again, if the function crashed on it. */
  public async deliver(event: unknown): Promise<void> {
    const crash = new Promise<'crashed'>((resolve) => {
      this.crashed = () => resolve('crashed');
    });
    if ((await Promise.race([this.function()(event), crash])) === 'crashed') await this.deliver(event);
  }

  private function(): (event: unknown) => Promise<unknown> {
    const log = createLogger({
      service: 'test',
      write: (line) => this.logs.push(JSON.parse(line) as Record<string, unknown>),
    });
    return createCustomResourceHandler({
      resources: { [TYPE]: createGroupPolicies({ iot: this.port(), now: () => this.now, log }) },
      respond: async (_, body) => {
        await this.step('respond', () => this.answers.push(JSON.parse(body) as Record<string, unknown>));
      },
      requeue: async (waiting, seconds) => {
        await this.step('requeue', () =>
          this.queue.push({ body: JSON.stringify(waiting), due: this.now + seconds * 1000 }),
        );
      },
      isAwaited: async () => true,
      now: () => this.now,
      log,
    });
  }

  private async step<T>(name: string, act: () => T): Promise<T> {
    const index = this.calls.push(name) - 1;
    const disturbance = this.disturbances.find(({ at }) => at === index);
    const result = disturbance === undefined || disturbance.effect ? act() : undefined;
    if (disturbance?.then === 'crash') {
      this.crashed();
      return new Promise(() => undefined);
    }
    if (disturbance !== undefined) throw disturbance.then;
    return result as T;
  }

  private port(): GroupPoliciesPort {
    const { iot } = this;
    const call = <T>(name: Method, argument: string, act: () => T) => this.step(`${name} ${argument}`, act);
    const unlessMissing =
      <T>(act: () => T) =>
      () => {
        try {
          return act();
        } catch (error) {
          if (error instanceof AwsFault && error.name === 'ResourceNotFoundException') return 'missing' as const;
          throw error;
        }
      };
    return {
      attachedTo: (arn) =>
        call(
          'attachedTo',
          '',
          unlessMissing(() => iot.listAttached(arn)),
        ),
      attach: (policy, arn) =>
        call('attach', policy, () => {
          try {
            iot.attach(policy, arn);
            return 'attached';
          } catch (error) {
            if (error instanceof AwsFault && error.name === 'ResourceNotFoundException') return 'missing';
            if (error instanceof AwsFault && error.name === 'LimitExceededException') return 'full';
            throw error;
          }
        }),
      detach: (policy, arn) => call('detach', policy, () => iot.detach(policy, arn)),
      targetsOf: (policy) =>
        call(
          'targetsOf',
          policy,
          unlessMissing(() => iot.targets(policy)),
        ),
      versionsOf: (policy) =>
        call('versionsOf', policy, () => iot.versions(policy).map((id, index) => ({ id, isDefault: index === 0 }))),
      deleteVersion: (policy, id) =>
        call('deleteVersion', `${policy} ${id}`, () => {
          const existed = iot.versions(policy).includes(id);
          if (existed) iot.deleteVersion(policy, id);
          return 'deleted';
        }),
      someMembersOf: (group) => call('someMembersOf', group, () => iot.groups.get(group)?.slice(0, 5) ?? []),
    };
  }
}
