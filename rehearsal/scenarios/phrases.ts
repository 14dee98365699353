import type { Actor } from '../actor';
import type { DisconnectReason, Verdict } from '../ports';
import type { Order, Rehearsal } from '../rehearsal';

/** What a step works with. */
export interface Stage {
  readonly rehearsal: Rehearsal;
  /** A device of the story by its name. */
  device(name: string): Actor;
  /** The text with `{...}` filled in. */
  fill(text: string): string;
}

/** A way to say a step. */
export interface Phrase {
  /** As the documentation and suggestions show it. */
  readonly says: string;
  readonly pattern: RegExp;
  readonly run: (stage: Stage, groups: Readonly<Record<string, string | undefined>>) => Promise<unknown>;
}

const DEVICE = '(?<device>[\\w:-]+)';
const UNITS: Readonly<Record<string, number>> = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 };

type Act = (actor: Actor, groups: Readonly<Record<string, string | undefined>>, stage: Stage) => unknown;

/** A phrase whose subject is a device. */
function does(says: string, rest: string, act: Act): Phrase {
  return {
    says,
    pattern: new RegExp(`^${DEVICE} ${rest}$`),
    run: async (stage, groups) => act(stage.device(groups.device ?? ''), groups, stage),
  };
}

/** A phrase about the world around devices. */
function happens(says: string, pattern: RegExp, run: Phrase['run']): Phrase {
  return { says, pattern, run };
}

const filled = (stage: Stage, text: string | undefined): string => stage.fill(text ?? '');

/** Every step that a story can have, in the order of the documentation. */
export const PHRASES: readonly Phrase[] = [
  does('DEVICE enrolls [with serial SERIAL]', 'enrolls(?: with serial (?<serial>\\S+))?', (actor, { serial }) =>
    actor.enrolls(serial),
  ),
  does(
    'DEVICE cannot enroll [with serial SERIAL]',
    'cannot enroll(?: with serial (?<serial>\\S+))?',
    (actor, { serial }) => actor.cannotEnroll(serial),
  ),
  does('DEVICE connects [from ADDRESS]', 'connects(?: from (?<from>\\S+))?', (actor, { from }) =>
    actor.connects(from === undefined ? {} : { sourceIp: from }),
  ),
  does('DEVICE cannot connect [as CLIENT-ID]', 'cannot connect(?: as (?<as>.+))?', (actor, groups, stage) =>
    actor.isDenied.connect(groups.as && filled(stage, groups.as)),
  ),
  does('DEVICE disconnects', 'disconnects', (actor) => actor.disconnects()),
  does(
    'DEVICE publishes to TOPIC [N times]',
    'publishes to (?<topic>.+?)(?: (?<times>\\d+) times)?',
    (actor, groups, stage) => actor.publishes(filled(stage, groups.topic), '{}', Number(groups.times ?? 1)),
  ),
  does('DEVICE can publish to TOPIC', 'can publish to (?<topic>.+)', (actor, { topic }, stage) =>
    actor.isAllowed.publish(filled(stage, topic)),
  ),
  does('DEVICE cannot publish to TOPIC', 'cannot publish to (?<topic>.+)', (actor, { topic }, stage) =>
    actor.isDenied.publish(filled(stage, topic)),
  ),
  does('DEVICE cannot retain on TOPIC', 'cannot retain on (?<topic>.+)', (actor, { topic }, stage) =>
    actor.isDenied.retain(filled(stage, topic)),
  ),
  does(
    'DEVICE is forbidden to publish to TOPIC',
    'is forbidden to publish to (?<topic>.+)',
    (actor, { topic }, stage) => actor.isForbidden('publish', filled(stage, topic)),
  ),
  does('DEVICE is forbidden to retain on TOPIC', 'is forbidden to retain on (?<topic>.+)', (actor, { topic }, stage) =>
    actor.isForbidden('retain', filled(stage, topic)),
  ),
  does('DEVICE subscribes to FILTER', 'subscribes to (?<topic>.+)', (actor, { topic }, stage) =>
    actor.subscribes(filled(stage, topic)),
  ),
  does('DEVICE cannot subscribe to FILTER', 'cannot subscribe to (?<topic>.+)', (actor, { topic }, stage) =>
    actor.isDenied.subscribe(filled(stage, topic)),
  ),
  does('DEVICE hears TOPIC', 'hears (?<topic>.+)', (actor, { topic }, stage) => actor.hears(filled(stage, topic))),
  does('DEVICE does not hear TOPIC', 'does not hear (?<topic>.+)', (actor, { topic }, stage) =>
    actor.doesNotHear(filled(stage, topic)),
  ),
  does('DEVICE is connected', 'is connected', (actor) => actor.isConnected()),
  does(
    'DEVICE is disconnected [because of REASON]',
    'is disconnected(?: because of (?<reason>\\w+))?',
    (actor, { reason }) => actor.isDisconnected(reason as DisconnectReason | undefined),
  ),
  does('DEVICE keeps its repair channel', 'keeps its repair channel', (actor) => actor.keepsRepairChannel()),
  does('DEVICE alone owns its certificate', 'alone owns its certificate', (actor) => actor.ownsItsCertificate()),
  does('DEVICE is isolated', 'is isolated', (actor) => actor.isIsolated()),
  does('DEVICE is in good standing', 'is in good standing', (actor) => actor.isInGoodStanding()),
  does('DEVICE misbehaves', 'misbehaves', (actor) => actor.misbehaves()),
  does('DEVICE runs its job', 'runs its job', (actor) => actor.runsJob('SUCCEEDED')),
  does('DEVICE fails its job', 'fails its job', (actor) => actor.runsJob('FAILED')),
  does(
    'DEVICE reports METRIC VALUE',
    'reports (?<metric>[\\w:-]+) (?<value>-?[\\d.]+)',
    (actor, { metric = '', value }) => actor.reports(metric, Number(value)),
  ),
  does(
    'THIEF steals the identity of DEVICE',
    'steals the identity of (?<victim>[\\w:-]+)',
    async (actor, groups, stage) => actor.steals(stage.device(groups.victim ?? '')),
  ),
  happens(
    'the incident of DEVICE is STATE',
    new RegExp(`^the incident of ${DEVICE} is (?<state>[\\w-]+)$`),
    async (stage, { device = '', state = '' }) => stage.device(device).incidentIs(state),
  ),
  happens(
    'the audit finds CHECK about DEVICE',
    new RegExp(`^the audit finds (?<check>[A-Z][A-Z_]+) about ${DEVICE}$`),
    async (stage, { device = '', check = '' }) => stage.device(device).auditFinds(check),
  ),
  happens(
    'the audit finds nothing about DEVICE',
    new RegExp(`^the audit finds nothing about ${DEVICE}$`),
    async (stage, { device = '' }) => stage.device(device).auditFindsNothing(),
  ),
  happens('a detector accuses DEVICE', new RegExp(`^a detector accuses ${DEVICE}$`), (stage, { device = '' }) =>
    stage.rehearsal.accuses(stage.device(device)),
  ),
  happens(
    'a detector takes back what it said about DEVICE',
    new RegExp(`^a detector takes back what it said about ${DEVICE}$`),
    (stage, { device = '' }) => stage.rehearsal.clears(stage.device(device)),
  ),
  happens(
    'a person reports|isolates|holds|releases|retires DEVICE',
    new RegExp(`^a person (?<verb>report|isolate|hold|release|retire)s ${DEVICE}$`),
    (stage, { device = '', verb }) => stage.rehearsal.orders(verb as Order, stage.device(device)),
  ),
  happens(
    'a person releases DEVICE as VERDICT',
    new RegExp(`^a person releases ${DEVICE} as (?<verdict>\\w+)$`),
    (stage, { device = '', verdict }) => stage.rehearsal.orders('release', stage.device(device), verdict as Verdict),
  ),
  happens(
    'Device Defender knows the violations of DEVICE as VERDICT',
    new RegExp(`^Device Defender knows the violations of ${DEVICE} as (?<verdict>\\w+)$`),
    async (stage, { device = '', verdict = '' }) =>
      stage.rehearsal.isVerified(verdict as Verdict, stage.device(device)),
  ),
  happens(
    'somebody without rights cannot report|isolate|hold|release|retire DEVICE',
    new RegExp(`^somebody without rights cannot (?<verb>report|isolate|hold|release|retire) ${DEVICE}$`),
    (stage, { device = '', verb }) => stage.rehearsal.turnsAway(verb as Order, stage.device(device)),
  ),
  happens(
    'more devices misbehave than may be isolated at once',
    /^more devices misbehave than may be isolated at once$/,
    (stage) => stage.rehearsal.storms(),
  ),
  happens(
    'as many devices are isolated as may be, and the others are held',
    /^as many devices are isolated as may be, and the others are held$/,
    async (stage) => stage.rehearsal.isBounded(),
  ),
  happens('all devices that misbehaved are isolated', /^all devices that misbehaved are isolated$/, async (stage) =>
    stage.rehearsal.isOver(),
  ),
  happens('a person isolates all that are held', /^a person isolates all that are held$/, (stage) =>
    stage.rehearsal.isolatesHeld(),
  ),
  happens(
    'a person opens a tunnel to DEVICE',
    new RegExp(`^a person opens a tunnel to ${DEVICE}$`),
    (stage, { device = '' }) => stage.rehearsal.opensTunnel(stage.device(device)),
  ),
  happens(
    'the tunnel to DEVICE is open|closed',
    new RegExp(`^the tunnel to ${DEVICE} is (?<state>open|closed)$`),
    async (stage, { device = '', state }) =>
      stage.rehearsal.tunnelIs(state === 'open' ? 'open' : 'closed', stage.device(device)),
  ),
  happens('a message that nobody understands arrives', /^a message that nobody understands arrives$/, (stage) =>
    stage.rehearsal.isNotUnderstood(),
  ),
  happens('the service SERVICE fails', /^the service (?<service>[\w-]+) fails$/, async (stage, { service = '' }) =>
    stage.rehearsal.cloud.outside.outage(service, true),
  ),
  happens(
    'the service SERVICE works again',
    /^the service (?<service>[\w-]+) works again$/,
    async (stage, { service = '' }) => stage.rehearsal.cloud.outside.outage(service, false),
  ),
  happens(
    'what could not be handled waits among the dead letters',
    /^what could not be handled waits among the dead letters$/,
    async (stage) => stage.rehearsal.alarms.hasDeadLetters(),
  ),
  happens('an alarm tells of dead letters', /^an alarm tells of dead letters$/, async (stage) =>
    stage.rehearsal.alarms.tellsOfDeadLetters(),
  ),
  happens('a person has the dead letters tried again', /^a person has the dead letters tried again$/, (stage) =>
    stage.rehearsal.triesAgain(),
  ),
  happens('the alarm ALARM rings', /^the alarm (?<alarm>\S+) rings$/, async (stage, { alarm = '' }) =>
    stage.rehearsal.alarms.rings(alarm),
  ),
  happens('the alarm ALARM does not ring', /^the alarm (?<alarm>\S+) does not ring$/, async (stage, { alarm = '' }) =>
    stage.rehearsal.alarms.isSilent(alarm),
  ),
  happens(
    'N seconds|minutes|hours|days pass',
    /^(?<count>\d+) (?<unit>second|minute|hour|day)s? pass(?:es)?$/,
    (stage, { count, unit = '' }) => stage.rehearsal.passes(Number(count) * (UNITS[unit] ?? 0)),
  ),
];
