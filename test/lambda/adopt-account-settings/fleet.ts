import type { SettingKind } from '../../../lambda/adopt-account-settings/contract';
import type { Progress } from '../../../lambda/shared/custom-resource';
import { Rig, type RigStack } from './rig';

/** Where the next event comes from, and whether it comes again: any numbers will do. */
export type Chance = () => number;

interface Woken {
  readonly stack: Living;
  readonly kind: SettingKind;
}

export interface Living {
  readonly stack: RigStack;
  alive: boolean;
}

/** Events reach a function within seconds, so long before a stack that goes has asked this often. */
const DELIVERED_BY = 3;

/**
 * Stacks of one account, and an EventBridge between them: as the rule of `lib/posture/account-settings.ts` has it, each
 * claim that is overwritten or removed wakes the other stacks that are there, late, in any order, and at times twice.
 */
export class Fleet {
  public readonly rig = new Rig();
  public readonly stacks: Living[] = [];
  /** Claims written or removed so far. */
  public writes = 0;
  private events: Woken[] = [];

  constructor(private readonly chance: Chance) {
    let busy = false;
    // Now and then an event arrives while another function is at work.
    this.rig.meanwhile = async () => {
      if (busy || this.events.length === 0 || this.chance() % 3 !== 0) return;
      busy = true;
      await this.deliverOne();
      busy = false;
    };
    const { parameters } = this.rig.account;
    const set = parameters.set.bind(parameters);
    const remove = parameters.delete.bind(parameters);
    parameters.set = (name, text) => {
      if (parameters.has(name)) this.publish(name);
      else this.writes += 1;
      return set(name, text);
    };
    parameters.delete = (name) => {
      if (parameters.has(name)) this.publish(name);
      return remove(name);
    };
  }

  public add(guid: string, kind: SettingKind, logicalId?: string): Living {
    const living = { stack: this.rig.stack(guid, kind, logicalId), alive: true };
    this.stacks.push(living);
    return living;
  }

  public async deploy(living: Living, properties: Record<string, unknown>): Promise<void> {
    await living.stack.deploy(properties);
    await this.deliverSome();
    await living.stack.cleanUp();
  }

  /** Deletes as CloudFormation and the wait queue do; says how often it had to be asked again. */
  public async remove(living: Living): Promise<number> {
    let waits = 0;
    let progress: Progress = await living.stack.delete();
    for (; progress.kind === 'wait'; waits += 1) {
      if (waits + 1 < DELIVERED_BY) await this.deliverSome();
      else await this.deliver();
      progress = await living.stack.delete(progress.state);
    }
    living.alive = false;
    return waits;
  }

  /** Some of the events that are on their way. */
  public async deliverSome(): Promise<void> {
    for (let count = this.chance() % (this.events.length + 1); count > 0; count -= 1) await this.deliverOne();
  }

  /** All events, and those that these cause; more than this many would never end. */
  public async deliver(most = 300): Promise<void> {
    for (let count = 0; this.events.length > 0; count += 1) {
      if (count === most) throw new Error('the stacks wake each other without end');
      await this.deliverOne();
    }
  }

  /** Wakes every stack once; whether any of them wrote anything. */
  public async wakeAll(kind: SettingKind): Promise<boolean> {
    const before = this.rig.calls.length;
    for (const { stack, alive } of this.stacks) if (alive) await this.rig.adopters[kind].reconcile(stack.guid);
    await this.deliver();
    return this.rig.calls.slice(before).some((call) => /^(Update|Set|Put|Create|Delete)/.test(call));
  }

  private publish(name: string): void {
    this.writes += 1;
    const [kind, writer] = name.split('/').slice(3) as [SettingKind, string];
    for (const stack of this.stacks) if (stack.alive && stack.stack.guid !== writer) this.events.push({ stack, kind });
  }

  private async deliverOne(): Promise<void> {
    const [event] = this.events.splice(this.chance() % this.events.length, 1);
    // The function of a stack that is gone hears nothing.
    if (event?.stack.alive !== true) return;
    const times = this.chance() % 4 === 0 ? 2 : 1;
    for (let time = 0; time < times; time += 1) await this.rig.adopters[event.kind].reconcile(event.stack.stack.guid);
  }
}
