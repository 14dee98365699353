import { RehearsalClock } from '../../../rehearsal/core/clock';
import { RecordedEvents } from '../../../rehearsal/core/events';
import { HashRandom } from '../../../rehearsal/core/random';
import { Endless } from '../../../rehearsal/ports';

const START = 1_000_000;
let clock: RehearsalClock;

beforeEach(() => {
  clock = new RehearsalClock(START);
});

test('time stands still until it is let pass, and then jumps from act to act, in order', async () => {
  const seen: string[] = [];
  const note = (name: string) => () => void seen.push(`${name}@${clock.now() - START}`);
  clock.schedule(2_000, 'late', note('late'));
  clock.schedule(1_000, 'first', note('first'));
  clock.schedule(1_000, 'second', note('second'));
  clock.schedule(0, 'now', note('now'));
  await clock.settle();
  expect(seen).toEqual(['now@0']);
  await clock.advance(1_500);
  expect(seen).toEqual(['now@0', 'first@1000', 'second@1000']);
  expect(clock.now() - START).toBe(1_500);
  await clock.advance(500);
  expect(seen.at(-1)).toBe('late@2000');
});

test('an act that schedules another one at once has it run before time goes on', async () => {
  const seen: number[] = [];
  clock.schedule(10, 'outer', () => {
    clock.schedule(0, 'inner', () => void seen.push(clock.now() - START));
    clock.schedule(5, 'later', () => void seen.push(clock.now() - START));
  });
  await clock.advance(12);
  expect(seen).toEqual([10]);
});

test('what is cancelled does not happen', async () => {
  let ran = false;
  clock.schedule(1, 'never', () => void (ran = true)).cancel();
  await clock.advance(10);
  expect(ran).toBe(false);
});

test('waits for work in flight, also for one that fails', async () => {
  const seen: string[] = [];
  const work = new Promise<void>((resolve) => setImmediate(() => (seen.push('worked'), resolve())));
  void clock.busy(work);
  clock.busy(Promise.reject(new Error('gone'))).catch(() => undefined);
  clock.schedule(0, 'after', () => void seen.push('after'));
  await clock.settle();
  expect(seen).toEqual(['worked', 'after']);
});

test('an act of one clock may move another, whose acts may not move the first', async () => {
  const other = new RehearsalClock(0);
  other.schedule(1, 'inner', () => clock.advance(1));
  other.schedule(2, 'later', () => undefined);
  clock.schedule(1, 'outer', async () => {
    await expect(other.advance(1)).rejects.toThrow("time cannot advance from within 'outer'");
    await other.advance(1);
  });
  await clock.advance(1);
  expect(other.now()).toBe(2);
});

test('fails with what an act throws, and refuses to be moved from within one', async () => {
  clock.schedule(1, 'broken', () => {
    throw new Error('no luck');
  });
  await expect(clock.advance(1)).rejects.toThrow('no luck');
  clock.schedule(1, 'nested', () => clock.advance(5));
  await expect(clock.advance(1)).rejects.toThrow("time cannot advance from within 'nested'");
  await expect(clock.advance(-1)).rejects.toThrow('forward');
});

test('runs until something is so, for a while at most', async () => {
  let done = false;
  clock.schedule(50, 'done', () => void (done = true));
  clock.schedule(90, 'not needed', () => undefined);
  await expect(clock.runUntil(() => done, 1_000)).resolves.toBe(true);
  expect(clock.now() - START).toBe(50);
  await expect(clock.runUntil(() => false, 10)).resolves.toBe(false);
  await expect(clock.runUntil(() => false, 10_000)).resolves.toBe(false);
});

describe('work without end while time stands still', () => {
  test('is an error that names the loop, and nothing is left of it', async () => {
    const ping = (delay: number): void =>
      void clock.schedule(delay, 'queue orders', () => {
        clock.works('Forwarder');
        clock.schedule(delay, 'topic orders delivers', () => ping(delay));
      });
    clock.schedule(0, 'the first message', () => ping(0));
    await expect(clock.settle()).rejects.toThrow(
      new Endless('queue orders: Forwarder -> topic orders delivers -> queue orders: Forwarder'),
    );
    await clock.advance(1_000);
    // A millisecond is no time.
    ping(1);
    await expect(clock.advance(10_000)).rejects.toThrow(Endless);
  });

  test('is found where each act leads to two others', async () => {
    let acts = 0;
    const split = (): void => {
      acts++;
      for (const half of ['left', 'right']) clock.schedule(0, half, split);
    };
    split();
    await expect(clock.advance(1)).rejects.toThrow(/left|right/);
    expect(acts).toBeLessThan(50_000);
  });

  test('is not what is due again and again, or is much at once', async () => {
    let seen = 0;
    const tick = (): void => void clock.schedule(1_000, 'tick', () => (seen++, tick()));
    tick();
    for (let message = 0; message < 30_000; message++)
      clock.schedule(0, 'message', () => void clock.schedule(0, 'rule', () => void seen++));
    await clock.advance(5_000_000);
    expect(seen).toBe(35_000);
  });
});

test('random values are those of the seed and the purpose, whoever else draws', () => {
  const first = new HashRandom('seed');
  first.next();
  const ids = [
    first.fork('ids').uuid(),
    new HashRandom('seed').fork('ids').uuid(),
    new HashRandom('other').fork('ids').uuid(),
  ];
  expect(ids[0]).toBe(ids[1]);
  expect(ids[0]).not.toBe(ids[2]);
  expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(first.hex(100)).toMatch(/^[0-9a-f]{100}$/);
  const drawn = Array.from({ length: 100 }, () => first.next());
  expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...drawn)).toBeLessThan(1);
});

test('events are numbered and stamped, and listeners hear of later ones until they stop', async () => {
  const events = new RecordedEvents(clock);
  const event = { kind: 'time', who: { kind: 'rehearsal', name: 'r' }, what: 'passes', passedMs: 1 } as const;
  const heard: number[] = [];
  events.emit(event);
  const stop = events.subscribe(({ seq }) => void heard.push(seq));
  await clock.advance(5);
  events.emit(event);
  stop();
  events.emit(event);
  expect(events.all().map(({ seq, at }) => [seq, at - START])).toEqual([
    [0, 0],
    [1, 5],
    [2, 5],
  ]);
  expect(heard).toEqual([1]);
});
