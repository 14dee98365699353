import type { IoTClient } from '@aws-sdk/client-iot';
import type { SSMClient } from '@aws-sdk/client-ssm';
import {
  createAudit,
  createClaims,
  createEvents,
  createIndexing,
  createLogging,
  createSuppressions,
} from '../../../lambda/adopt-account-settings/adapters';
import { audit } from '../../../lambda/adopt-account-settings/audit';
import type { SettingKind } from '../../../lambda/adopt-account-settings/contract';
import { events } from '../../../lambda/adopt-account-settings/events';
import { type Adopter, createAdopter } from '../../../lambda/adopt-account-settings/handler';
import { indexing } from '../../../lambda/adopt-account-settings/indexing';
import { logging } from '../../../lambda/adopt-account-settings/logging';
import { suppression } from '../../../lambda/adopt-account-settings/suppression';
import type { CustomResourceRequest, Progress } from '../../../lambda/shared/custom-resource';
import { AwsFault } from '../../support/fake-aws';
import { FakeAccount } from '../../support/fake-account';

export const NOW = Date.UTC(2026, 0, 1);

/** What stops a call: before it has an effect, or after, when only its answer is lost. */
export interface Stop {
  readonly at: number;
  readonly after: 'nothing' | 'effect';
}

/** The adopters on top of the real adapters, whose clients call a fake account directly. */
export class Rig {
  public readonly account = new FakeAccount();
  public readonly lines: Record<string, unknown>[] = [];
  public readonly calls: string[] = [];
  public stop: Stop | undefined;
  /** What happens elsewhere before a call reaches the account. */
  public meanwhile: (() => Promise<void>) | undefined;
  /** Thrown once by the next call of an operation. */
  public readonly faults = new Map<string, AwsFault[]>();
  public readonly adopters: Record<SettingKind, Adopter>;

  constructor() {
    const client = { send: (command: object) => this.send(command) };
    const iot = client as unknown as IoTClient;
    const say = (message: string, fields: object = {}): void => void this.lines.push({ message, ...fields });
    const log = { info: say, warn: say, error: say, count: (metric: string) => say(metric) };
    const shared = { claims: createClaims(client as unknown as SSMClient), log, now: () => NOW };
    this.adopters = {
      audit: createAdopter({ ...shared, setting: audit, account: createAudit(iot) }),
      logging: createAdopter({ ...shared, setting: logging, account: createLogging(iot) }),
      indexing: createAdopter({ ...shared, setting: indexing, account: createIndexing(iot) }),
      events: createAdopter({ ...shared, setting: events, account: createEvents(iot) }),
      suppression: createAdopter({ ...shared, setting: suppression, account: createSuppressions(iot) }),
    };
  }

  /** A stack with one resource; remembers what CloudFormation would. */
  public stack(guid: string, kind: SettingKind, logicalId = 'Setting'): RigStack {
    return new RigStack(this, guid, kind, logicalId);
  }

  private async send(command: object): Promise<object> {
    if (this.meanwhile !== undefined) await this.meanwhile();
    const operation = command.constructor.name.replace(/Command$/, '');
    const index = this.calls.push(operation) - 1;
    const stopped = this.stop !== undefined && index >= this.stop.at;
    if (stopped && (index > (this.stop?.at ?? 0) || this.stop?.after === 'nothing')) throw new Error('stopped');
    const fault = this.faults.get(operation)?.shift();
    if (fault !== undefined) throw sdkError(fault);
    try {
      const input = toWire((command as { input: object }).input);
      const output = this.account.call(operation, input as Record<string, unknown>);
      if (stopped) throw new Error('stopped');
      return fromWire(output);
    } catch (error) {
      throw error instanceof AwsFault ? sdkError(error) : error;
    }
  }
}

export class RigStack {
  private physicalId: string | undefined;
  private properties: Record<string, unknown> = {};
  private staleIds: string[] = [];

  constructor(
    private readonly rig: Rig,
    public readonly guid: string,
    private readonly kind: SettingKind,
    private readonly logicalId: string,
  ) {}

  public request(
    type: CustomResourceRequest['RequestType'],
    properties = this.properties,
    physicalId = this.physicalId,
  ): CustomResourceRequest {
    return {
      RequestType: type,
      RequestId: 'request',
      ResponseURL: 'https://example.com/answer',
      StackId: `arn:aws:cloudformation:eu-west-1:111122223333:stack/name/${this.guid}`,
      LogicalResourceId: this.logicalId,
      PhysicalResourceId: physicalId,
      ResourceType: 'Custom::Any',
      ResourceProperties: properties,
    };
  }

  /** Create or update; the deletion of an older version comes with `cleanUp`, as after all updates of a stack. */
  public async deploy(properties: Record<string, unknown>, state?: unknown): Promise<Progress> {
    const adopter = this.rig.adopters[this.kind];
    const request = this.request(this.physicalId === undefined ? 'Create' : 'Update', properties);
    const id = adopter.physicalResourceId(request);
    if (this.physicalId !== undefined && this.physicalId !== id) this.staleIds.push(this.physicalId);
    const verb = request.RequestType === 'Create' ? 'create' : 'update';
    const progress = await adopter[verb](request, state);
    this.physicalId = id;
    this.properties = properties;
    return progress;
  }

  public async cleanUp(): Promise<void> {
    for (const id of this.staleIds.splice(0))
      if (id !== this.physicalId)
        await this.rig.adopters[this.kind].delete(this.request('Delete', undefined, id), undefined);
  }

  public delete(state?: unknown, physicalId = this.physicalId): Promise<Progress> {
    return this.rig.adopters[this.kind].delete(this.request('Delete', undefined, physicalId), state);
  }

  /** As if the deployment had got through, so that CloudFormation knows the resource. */
  public assume(properties: Record<string, unknown>): void {
    this.physicalId = this.rig.adopters[this.kind].physicalResourceId(this.request('Create', properties));
    this.properties = properties;
  }
}

function sdkError(fault: AwsFault): Error {
  return Object.assign(new Error(fault.message), { name: fault.name, $metadata: { httpStatusCode: fault.status } });
}

/** The SDK has dates where the wire has seconds. */
function toWire(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(toWire);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, part]) => (part === undefined ? [] : [[key, toWire(part)]])),
  );
}

function fromWire(output: object): object {
  const { expirationDate, ...rest } = output as { expirationDate?: number };
  return expirationDate === undefined ? output : { ...rest, expirationDate: new Date(expirationDate * 1000) };
}
