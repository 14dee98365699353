import { MESSAGE } from '../../lambda/shared/incident/contract';
import {
  audit,
  detectFinding,
  guardDuty,
  own,
  plain,
  securityHub,
  securityHubV2,
  TIME,
  TOPIC,
  viaSns,
  violation,
} from '../../test/lambda/shared/incident/messages';

/** Numbers from 0 up to, not including, 1, the same for the same seed. */
export type Random = () => number;

/** @see https://github.com/bryc/code/blob/master/jshash/PRNGs.md (mulberry32, public domain) */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface HostileBody {
  /** What kind of hostility it is. */
  readonly kind: string;
  readonly body: string;
  /** A few changed characters may leave a message that is in order: then it may be acted on, about the device that it names. */
  readonly mayBeValid: boolean;
}

const NAMES = [
  '',
  '*',
  '?',
  '#',
  '+',
  '..',
  '../../etc/passwd',
  'pump-7/../pump-8',
  'pump/7',
  'pump-7\n{"level":"ERROR"}',
  'pump-7\r\nX-Amz-Target: x',
  'pump-7\u0000',
  'pump-7 ',
  ' pump-7',
  'pump‐7',
  'рump-7',
  'pump-7\u202e',
  '${iot:ClientId}',
  '$aws/things/x',
  'arn:aws:iot:eu-west-1:123456789012:thing/pump-7',
  'a OR thingName:*',
  '#blast-radius',
  'certificate/x',
  '%2e%2e%2f',
  "'; DROP TABLE things; --",
  '{{7*7}}',
  'x'.repeat(129),
  '💣',
] as const;

const ODD: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  Number.MAX_SAFE_INTEGER + 2,
  [],
  {},
  [[]],
  { toString: 'x' },
  ['pump-7'],
  { S: 'pump-7' },
  ...NAMES,
];

/** One hostile body after the other, without end. */
export function* hostileBodies(random: Random): Generator<HostileBody, never> {
  const kinds = Object.entries(KINDS);
  for (;;) {
    const [kind, make] = pick(random, kinds);
    yield { kind, body: make(random), mayBeValid: kind === 'changed characters' };
  }
}

const KINDS: Readonly<Record<string, (random: Random) => string>> = {
  'random text': (random) => text(random, 200),
  'random JSON': (random) => JSON.stringify(json(random, 4)),
  'a hostile name': (random) => named(random, pick(random, NAMES)),
  'a field of another type': (random) => required(random, pick(random, ODD)),
  'a foreign envelope': (random) => {
    const topic = pick(random, ['arn:aws:sns:eu-west-1:1:evil', `${TOPIC.detect}-2`, '', TOPIC.detect.toUpperCase()]);
    return viaSns(topic, violation());
  },
  'another account': (random) =>
    JSON.stringify(pick(random, [securityHub, guardDuty])({}, { account: pick(random, ['210987654321', '', 7]) })),
  'an order of nobody': (random) => {
    const schema = pick(
      random,
      Object.values(MESSAGE).filter((name) => name !== MESSAGE.signal && name !== MESSAGE.heartbeat),
    );
    const order = { schema, subject: 'pump-7', thingName: 'pump-7', episode: 1, by: 'root', why: 'x' };
    return JSON.stringify({ ...order, time: TIME, response: 'retire' });
  },
  'an order inside an envelope': (random) =>
    viaSns(pick(random, [TOPIC.detect, TOPIC.audit]), {
      schema: MESSAGE.order,
      thingName: 'pump-7',
      response: 'retire',
    }),
  'another device’s word': (random) =>
    JSON.stringify(own({ reportedBy: pick(random, ['pump-8', 'PUMP-7', null, 7, ['pump-7'], { name: 'pump-7' }]) })),
  'a prototype': (random) =>
    pick(random, [
      '{"__proto__":{"schema":"zero-trust-iot/signal@1","thingName":"pump-7"}}',
      '{"constructor":{"prototype":{"thingName":"pump-7"}}}',
      `{"schema":"${MESSAGE.signal}","__proto__":{"thingName":"pump-7"}}`,
    ]),
  'deep nesting': (random) => '[{"a":'.repeat(1 + Math.floor(random() * 2_000)),
  'a long text': (random) => JSON.stringify(own({ about: '', id: 'x'.repeat(Math.floor(random() * 5_000)) })),
  'changed characters': (random) => {
    let body = pick(random, WHOLE)();
    for (let count = 1 + Math.floor(random() * 4); count > 0; count -= 1) {
      const at = Math.floor(random() * body.length);
      body = body.slice(0, at) + text(random, 3) + body.slice(at + Math.floor(random() * 3));
    }
    return body;
  },
};

const WHOLE: readonly (() => string)[] = [
  () => viaSns(TOPIC.detect, violation()),
  () => viaSns(TOPIC.generic, plain()),
  () => viaSns(TOPIC.audit, audit()),
  () => JSON.stringify(own()),
  () => JSON.stringify(securityHub()),
  () => JSON.stringify(securityHub(detectFinding())),
  () => JSON.stringify(securityHubV2()),
  () => JSON.stringify(guardDuty()),
];

function named(random: Random, thingName: string): string {
  return pick(random, [
    () => viaSns(TOPIC.detect, violation({ thingName })),
    () => viaSns(TOPIC.generic, plain({ thingName })),
    () => JSON.stringify(own({ thingName })),
    () => JSON.stringify(own({ thingName: undefined, certificateId: thingName })),
  ])();
}

/** What a message cannot do without, replaced. */
function required(random: Random, value: unknown): string {
  return pick(random, [
    () => viaSns(TOPIC.detect, violation({ violationEventType: value })),
    () => viaSns(TOPIC.detect, violation({ behavior: value })),
    () => viaSns(TOPIC.detect, violation({ violationEventTime: typeof value === 'number' ? -1 : value })),
    () => viaSns(TOPIC.audit, audit({ taskId: typeof value === 'string' ? `${value}/` : value })),
    () => viaSns(TOPIC.audit, audit({ taskStatus: value })),
    () => JSON.stringify(own({ time: typeof value === 'number' ? -1 : value })),
    () => JSON.stringify(own({ severity: value })),
    () => JSON.stringify(own({ kind: value })),
    () => JSON.stringify(own({ thingName: typeof value === 'string' ? `${value}/` : value })),
    () => JSON.stringify({ ...own(), schema: value }),
    () => JSON.stringify(securityHub({}, { detail: typeof value === 'object' ? null : value })),
    () => JSON.stringify({ ...securityHubV2(), detail: typeof value === 'object' ? null : value }),
    () => JSON.stringify(guardDuty({ severity: typeof value === 'number' ? -1 : value })),
  ])();
}

function text(random: Random, longest: number): string {
  const codes = Array.from({ length: Math.floor(random() * longest) }, () => {
    const range = random();
    if (range < 0.6) return 32 + Math.floor(random() * 95);
    // What SQS takes: tab, line feed, carriage return, and all but surrogates and two at the end.
    return range < 0.7 ? pick(random, [9, 10, 13]) : 128 + Math.floor(random() * 55_000);
  });
  return String.fromCharCode(...codes);
}

function json(random: Random, depth: number): unknown {
  const kind = Math.floor(random() * (depth === 0 ? 4 : 6));
  if (kind < 2) return pick(random, ODD);
  if (kind < 4) return text(random, 20);
  const items = Array.from({ length: Math.floor(random() * 5) }, () => json(random, depth - 1));
  if (kind === 4) return items;
  const keys = ['Type', 'Message', 'detail', 'source', 'thingName', 'id', 'time', '__proto__', 'x'];
  return Object.fromEntries(items.map((item) => [pick(random, keys), item]));
}

function pick<T>(random: Random, items: readonly T[]): T {
  return items[Math.floor(random() * items.length)]!;
}
