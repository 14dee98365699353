import type { BatchResponse } from '../../lambda/shared/incident/consumer';
import { MESSAGE, type PlaybookDocument } from '../../lambda/shared/incident/contract';
import { apply } from '../../lambda/shared/incident/transition';
import { CERTIFICATE, own, TIME } from '../lambda/shared/incident/messages';
import { type Lane, MemoryResponse, record } from './memory-response';
import { PLAYBOOK } from './response-rig';

export const NAMES = ['pump-0', 'pump-1'] as const;
export type Name = (typeof NAMES)[number];
const CONTEXT = { getRemainingTimeInMillis: () => 60_000 };

type Sent = MemoryResponse['sent'][number];

/** Something that happens to two devices with one certificate. */
export interface Happening {
  readonly kind: 'doubt' | 'alarm' | 'mild' | 'release' | 'hold' | 'isolate' | 'retire';
  readonly name: Name;
  readonly time: number;
}

export interface WorldOptions {
  /** Of the certificate that both devices have. */
  readonly status?: string;
  readonly groups?: readonly string[];
  readonly playbook?: Partial<PlaybookDocument>;
}

/** Both functions and their queues in memory, with a scheduler that says whose call comes next, and calls that fail. */
export class ResponseWorld {
  public readonly denied = new Map<string, { readonly for: string; readonly denied: boolean }>();
  public readonly response: MemoryResponse;
  public now = TIME + 60_000;
  /** Before each call: may wait, or throw. */
  public toll: (call: string) => Promise<void> = () => Promise.resolve();
  /** After each call. */
  public answer: (call: string) => Promise<void> = () => Promise.resolve();
  private readonly later: { readonly due: number; readonly message: Sent }[] = [];

  constructor(private readonly options: WorldOptions = {}) {
    const { status = 'ACTIVE', groups = ['pumps', 'site'], playbook = {} } = options;
    const gate = async <T>(name: string, act: () => T) => {
      await this.toll(name);
      const result = act();
      await this.answer(name);
      return result;
    };
    this.response = new MemoryResponse({
      playbook: { ...PLAYBOOK, ...playbook },
      clock: { now: () => this.now, sleep: () => Promise.resolve() },
      toll: (call) => this.toll(call),
      answer: (call) => this.answer(call),
      gate: {
        deny: (id, subject) => gate('deny', () => void this.denied.set(id, { for: subject, denied: true })),
        admit: (id, subject) =>
          gate('admit', () => {
            if (this.denied.get(id)?.for !== subject) return false;
            this.denied.set(id, { for: subject, denied: false });
            return true;
          }),
      },
    });
    for (const name of NAMES) {
      this.response.groups.set(name, new Set(groups));
      this.response.certificates.set(name, new Map([[CERTIFICATE, status]]));
    }
  }

  /** As it is now, for something else to happen to it. */
  public copy(): ResponseWorld {
    const world = new ResponseWorld(this.options);
    world.response.take(this.response);
    for (const [id, entry] of this.denied) world.denied.set(id, entry);
    world.later.push(...this.later);
    world.now = this.now;
    return world;
  }

  /** With all that follows from it at once. */
  public async happen(happening: Happening): Promise<void> {
    if (happening.kind === 'hold') await this.hold(happening.name, happening.time);
    else {
      const { queue, body } = this.messageOf(happening);
      await this.until(queue, body);
    }
    await this.drain();
  }

  /** What comes on a queue when it happens. */
  public messageOf({ kind, name, time }: Happening): { readonly queue: Lane; readonly body: string } {
    const by = { by: 'ada', why: 'sure', time };
    if (kind === 'release') {
      const episode = this.response.incident(name)?.episode ?? 1;
      return { queue: 'release', body: JSON.stringify({ schema: MESSAGE.release, subject: name, episode, ...by }) };
    }
    if (kind === 'retire' || kind === 'isolate')
      return {
        queue: 'look',
        body: JSON.stringify({ schema: MESSAGE.order, thingName: name, response: kind, ...by }),
      };
    const severity = kind === 'mild' ? 'MEDIUM' : 'HIGH';
    const signal = { id: `${kind} ${time}`, time, severity, kind: kind === 'doubt' ? 'identity' : 'behavior' };
    return { queue: 'signals', body: JSON.stringify(own({ thingName: name, ...signal })) };
  }

  /** What is for later comes when nothing is under way any more. */
  public async drain(): Promise<void> {
    const { sent } = this.response;
    for (let next = sent.shift(); next !== undefined; next = sent.shift()) {
      if (next.seconds > 0) this.later.push({ due: this.now + next.seconds * 1_000, message: next });
      else await this.until(next.queue, next.body);
    }
  }

  /** Time goes by, until nothing is left for later. */
  public async settle(): Promise<void> {
    for (let rounds = 0; this.later.length > 0; rounds += 1) {
      if (rounds > 200) throw new Error('comes to no end');
      this.later.sort((one, other) => one.due - other.due);
      const { due, message } = this.later.shift()!;
      this.now = Math.max(this.now, due);
      await this.until(message.queue, message.body);
      await this.drain();
    }
  }

  /** What waits for its time. */
  public waiting(schema: string): readonly string[] {
    return this.later.map(({ message }) => message.body).filter((body) => body.includes(schema));
  }

  /** As SQS does it: until it is done. */
  public async until(queue: Lane, body: string): Promise<void> {
    for (let tried = 0; (await this.once(queue, body)).batchItemFailures.length > 0; tried += 1)
      if (tried === 100) throw new Error('comes to no end');
  }

  public once(queue: Lane, body: string): Promise<BatchResponse> {
    if (queue !== 'release') return this.response.deliver([body], queue);
    const message = { ...record(body, 0, 'look'), eventSourceARN: 'arn:aws:sqs:eu-west-1:123456789012:release' };
    return this.response.releasing()({ Records: [message] }, CONTEXT);
  }

  public end(name: Name) {
    const { state, response } = this.response.incident(name) ?? {};
    return { state, response, groups: this.groupsOf(name) };
  }

  public groupsOf(name: Name): string[] {
    return [...(this.response.groups.get(name) ?? [])].sort();
  }

  public certificate(): string | undefined {
    return this.response.certificates.get('pump-0')?.get(CERTIFICATE);
  }

  public isDenied(): boolean {
    return this.denied.get(CERTIFICATE)?.denied ?? false;
  }

  /** As the operators' entry does it. */
  private async hold(name: Name, time: number): Promise<void> {
    for (;;) {
      await this.toll('PutItem').catch(() => undefined);
      const known = this.response.incident(name);
      const order = { verb: 'hold', by: 'bob', why: 'wait', time } as const;
      const held = known && apply(known, { type: 'hold', because: 'wait', order }, this.now);
      if (held === undefined || this.response.save(held) !== 'conflict') return;
    }
  }
}
