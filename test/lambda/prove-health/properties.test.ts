import fc from 'fast-check';
import type { ProofRule } from '../../../lambda/prove-health/contract';
import { createHandler } from '../../../lambda/prove-health/handler';
import type { Execution } from '../../../lambda/prove-health/outcome';
import { type Incident, mergeSignal, openIncident } from '../../../lambda/shared/incident/incident';
import { settledUntil } from '../../../lambda/shared/incident/repair';
import type { SecuritySignal } from '../../../lambda/shared/incident/signal';
import { apply } from '../../../lambda/shared/incident/transition';
import type { Logger } from '../../../lambda/shared/logger';
import { SEED } from '../../support/seed';
import { RULE } from '../../support/repair-rig';
import { TIME } from '../shared/incident/messages';

const MINUTE = 60_000;
const HINT = { 'detail-type': 'Incident State Change', source: 'zero-trust-iot', detail: { thingName: 'pump-7' } };
const END = { eventType: 'JOB_EXECUTION', thingArn: 'arn:aws:iot:eu-west-1:123456789012:thing/pump-7' };

const SILENT: Logger = { info: nothing, warn: nothing, error: nothing, count: nothing };
function nothing(): void {}

/** What happens to the device, at minutes after it was isolated. */
type Truth =
  | { readonly minute: number; readonly kind: 'job'; readonly status: string }
  | { readonly minute: number; readonly kind: 'signal'; readonly phase: 'alarm' | 'cleared'; readonly mild: boolean };

/** One device in virtual time: the truth changes by itself, and words about it come when they come. */
class World {
  public now = TIME;
  public incident: Incident;
  public execution: Execution | undefined;
  public readonly waiting: { readonly body: string; readonly at: number }[] = [];
  public readonly releases = new Set<string>();

  private readonly handler: ReturnType<typeof createHandler>;

  constructor(rule: ProofRule) {
    this.handler = this.createHandler(rule);
    const opened = openIncident(this.signal('alarm', false, 's0'), 'isolate', 1, TIME);
    this.incident = { ...opened, state: 'isolated', containedAt: TIME, version: 1 };
  }

  public happen(truth: Truth): void {
    this.now = Math.max(this.now, TIME + truth.minute * MINUTE);
    if (truth.kind === 'job') this.execution = { status: truth.status, at: this.now };
    else this.onSignal(this.signal(truth.phase, truth.mild, `s${truth.minute}`), truth.mild);
  }

  public async deliver(message: object): Promise<void> {
    await this.run(JSON.stringify(message));
  }

  /** Lets time pass; reminders come when their delay is over, the delays in one leap. */
  public async pass(until: number): Promise<void> {
    for (;;) {
      this.waiting.sort((a, b) => a.at - b.at);
      const next = this.waiting[0];
      if (next === undefined || next.at > until) break;
      this.waiting.shift();
      this.now = Math.max(this.now, next.at);
      await this.run(next.body);
    }
    this.now = Math.max(this.now, until);
  }

  private async run(body: string): Promise<void> {
    const record = {
      messageId: 'm',
      body,
      receiptHandle: 'r',
      eventSourceARN: 'arn',
      attributes: { ApproximateReceiveCount: '1' },
    };
    const { batchItemFailures } = await this.handler({ Records: [record] }, { getRemainingTimeInMillis: () => 60_000 });
    if (batchItemFailures.length > 0) throw new Error('not handled');
  }

  private createHandler(rule: ProofRule) {
    return createHandler({
      incidents: {
        latest: () => Promise.resolve(this.incident),
        save: (incident) => {
          if (incident.version !== this.incident.version) return Promise.resolve('conflict');
          this.incident = { ...incident, version: incident.version + 1 };
          return Promise.resolve(this.incident);
        },
      },
      jobs: { executionOf: () => Promise.resolve(this.execution) },
      queue: {
        // Nothing but the due time matters in between.
        remind: (message) => {
          const { due } = message as { due: number };
          const body = JSON.stringify(message);
          // The same again is delivered once: what a second one does, the words of the story show.
          if (!this.waiting.some((other) => other.body === body)) this.waiting.push({ body, at: due });
          return Promise.resolve();
        },
        release: (message) => Promise.resolve(void this.releases.add(JSON.stringify(message))),
        refuse: () => Promise.reject(new Error('refused')),
        retry: () => Promise.resolve(),
      },
      rule,
      jobId: 'j',
      now: () => this.now,
      random: () => 0.5,
      log: SILENT,
    });
  }

  private signal(phase: 'alarm' | 'cleared', mild: boolean, id: string): SecuritySignal {
    return {
      source: 'engine',
      id,
      time: this.now,
      subject: { kind: 'thing', name: 'pump-7' },
      phase,
      kind: 'behavior',
      severity: mild ? 'LOW' : 'HIGH',
      about: mild ? 'mild' : 'bad',
      evidence: {},
    };
  }

  /** What the responder does with it, as far as it matters here. */
  private onSignal(signal: SecuritySignal, mild: boolean): void {
    const response = signal.phase === 'alarm' && !mild ? 'isolate' : 'observe';
    const merged = mergeSignal(this.incident, signal, response);
    const again = merged.state === 'proving' && response === 'isolate' && signal.time > settledUntil(this.incident);
    const isolating = again ? apply(merged, { type: 'isolate', prior: { groups: [], left: [] } }, this.now) : undefined;
    const contained = isolating && apply(isolating, { type: 'contained' }, this.now);
    this.incident = { ...(contained ?? merged), version: this.incident.version + 1 };
  }
}

const truths = fc
  .array(
    fc.oneof(
      fc.record({
        kind: fc.constant('job' as const),
        status: fc.constantFrom('QUEUED', 'IN_PROGRESS', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'REMOVED'),
      }),
      fc.record({
        kind: fc.constant('signal' as const),
        phase: fc.constantFrom('alarm' as const, 'cleared' as const),
        mild: fc.boolean(),
      }),
    ),
    { minLength: 1, maxLength: 5 },
  )
  .map((list): Truth[] => list.map((truth, index) => ({ ...truth, minute: 10 * (index + 1) })))
  // A success is the last word on a job.
  .map((list) => {
    const success = list.findIndex((truth) => truth.kind === 'job' && truth.status === 'SUCCEEDED');
    return list.filter((truth, index) => truth.kind === 'signal' || success === -1 || index <= success);
  });

/** How the words are delivered: after which truth, which of them, how often. */
const deliveries = fc.array(fc.array(fc.constantFrom(HINT, END), { maxLength: 2 }), { minLength: 5, maxLength: 5 });

async function run(story: readonly Truth[], words: readonly (readonly object[])[], automatic: boolean): Promise<World> {
  const world = new World({ ...RULE, automaticReleases: automatic ? 1 : 0, silentSeconds: 2 * 86_400 });
  for (const [index, truth] of story.entries()) {
    await world.pass(TIME + truth.minute * MINUTE);
    world.happen(truth);
    for (const word of words[index] ?? []) await world.deliver(word);
  }
  // Each is delivered at least once, sooner or later.
  await world.deliver(HINT);
  await world.deliver(END);
  await world.pass(TIME + 270 * MINUTE);
  return world;
}

const endOf = ({ incident, releases }: World) => ({
  state: incident.state,
  since: incident.proof?.since,
  proven: incident.proof?.proven !== undefined,
  ordered: incident.proof?.orderedAt !== undefined,
  releases: releases.size > 0,
  job: incident.state === 'proving' ? incident.repair?.status : undefined,
});

test.each([
  ['a person decides', false],
  ['nobody decides', true],
])('where %s, any number and order of words ends as one of each in order', async (_name, automatic) => {
  await fc.assert(
    fc.asyncProperty(truths, deliveries, async (story, words) => {
      const once = await run(
        story,
        story.map(() => [HINT]),
        automatic,
      );
      const often = await run(story, words, automatic);
      expect(endOf(often)).toEqual(endOf(once));
      checkRelease(often, story);
    }),
    { numRuns: 1_000, seed: SEED },
  );
});

/** No device is released unless its job succeeded after its last bad alarm, and three hours were clean. */
function checkRelease({ releases, incident }: World, story: readonly Truth[]): void {
  if (releases.size === 0) return;
  const timeOf = (truth: Truth | undefined) => TIME + (truth?.minute ?? 0) * MINUTE;
  const bad = story.findLast((truth) => truth.kind === 'signal' && truth.phase === 'alarm' && !truth.mild);
  const success = story.findLast((truth) => truth.kind === 'job' && truth.status === 'SUCCEEDED');
  const { orderedAt = 0, since = 0 } = incident.proof ?? {};
  const times = story.filter(({ kind }) => kind === 'signal').map(timeOf);
  expect(success).toBeDefined();
  expect(timeOf(success)).toBeGreaterThanOrEqual(timeOf(bad));
  expect(since).toBeGreaterThanOrEqual(Math.max(0, ...times));
  expect(orderedAt - since).toBeGreaterThanOrEqual(180 * MINUTE);
}
