// A second deployment with other properties: what holds state, or has a name that devices know, is neither replaced nor removed, but where
// that is what was asked for.
import { Duration, Stack } from 'aws-cdk-lib';
import {
  Access,
  AllowList,
  Behavior,
  Detection,
  Enrollment,
  Playbook,
  Severity,
  Topic,
  ZeroTrustFleet,
  type ZeroTrustFleetProps,
} from '../../lib';
import { templateOf, testApp } from '../support/app';
import { losses } from '../support/losses';
import type { TemplateJson } from '../support/reference';

const telemetry = Access.publish(Topic.of('pumps', Topic.THING, 'telemetry'));
const quiet = Behavior.disconnects().mustBeAtMost(3).per(Duration.minutes(5));
const PROPS: ZeroTrustFleetProps = {
  access: [telemetry],
  enrollment: Enrollment.byClaim({ allowList: AllowList.fromSerials(['PX2-0001']), thingNamePrefix: 'pump-' }),
  behaviors: [quiet],
};

function templateWith(change: Partial<ZeroTrustFleetProps> = {}, id = 'Pumps'): TemplateJson {
  const stack = new Stack(testApp(), 'Test');
  new ZeroTrustFleet(stack, id, { ...PROPS, ...change });
  return templateOf(stack).toJSON() as TemplateJson;
}

const before = templateWith();
const enrolled = (serials: string[], more: object = {}) =>
  Enrollment.byClaim({ allowList: AllowList.fromSerials(serials), thingNamePrefix: 'pump-', ...more });

test.each<[string, Partial<ZeroTrustFleetProps>]>([
  ['more access', { access: [telemetry, Access.shadow(), Access.jobs()] }],
  ['other access', { access: [Access.subscribe(Topic.of('pumps', Topic.THING, 'commands'))] }],
  [
    'access that takes a second policy',
    {
      access: Array.from({ length: 24 }, (_, index) =>
        Access.publish(Topic.of(`area-number-${index}`, Topic.THING, 'measurements')),
      ),
    },
  ],
  ['more serials', { enrollment: enrolled(['PX2-0001', 'PX2-0002']) }],
  ['another serial', { enrollment: enrolled(['PX2-0003']) }],
  ['another prefix of names', { enrollment: enrolled(['PX2-0001'], { thingNamePrefix: 'valve-' }) }],
  ['enrollment that is off for now', { enrollment: enrolled(['PX2-0001'], { enabled: false }) }],
  ['another bound', { behaviors: [Behavior.disconnects().mustBeAtMost(9).per(Duration.minutes(15))] }],
  ['more behaviors', { behaviors: [quiet, Behavior.messagesSent().mustBeAtMost(9).per(Duration.minutes(5))] }],
  ['another severity', { behaviors: [quiet.withSeverity(Severity.HIGH)] }],
  ['detection that goes live', { detection: [Detection.stream({ dryRun: false })] }],
  [
    'a stream with shards, kept longer',
    { detection: [Detection.stream({ shardCount: 2, retention: Duration.days(7) })] },
  ],
  ['a second engine', { detection: [Detection.stream(), Detection.deviceDefender()] }],
  ['a playbook that only notes', { response: Playbook.standard({ dryRun: true }) }],
])('%s replaces and removes nothing that holds state', (_what, change) => {
  const after = templateWith(change);
  expect(after).not.toEqual(before);
  expect(losses(before, after)).toEqual([]);
});

describe('what is asked for', () => {
  test('another engine removes what the first one knew, and nothing else', () => {
    const lost = losses(before, templateWith({ detection: [Detection.deviceDefender()] }));
    expect(lost.length).toBeGreaterThan(0);
    for (const one of lost) expect(one).toMatch(/^Pumps(Detection|Signals)stream/);
  });

  test('a fleet of another name is another fleet: who was isolated stays so, and what is known of incidents and serials is kept', () => {
    const lost = losses(before, templateWith({}, 'Valves'));
    const kept = (type: string): string[] =>
      lost.filter((one) => one.includes(type) && !one.includes('Detection')).map((one) => one.replace(/ .*: /, ' '));
    expect(kept('AWS::DynamoDB::Table')).toEqual([
      expect.stringMatching(/^PumpsEnrollmentAllowList\w+ WILL_ORPHAN$/),
      expect.stringMatching(/^PumpsResponseIncidents\w+ WILL_ORPHAN$/),
    ]);
    // What the members may do goes with the group: devices of no group may do nothing.
    expect(kept('AWS::IoT::ThingGroup')).toEqual([
      expect.stringMatching(/^PumpsGroup\w+ WILL_DESTROY$/),
      expect.stringMatching(/^PumpsQuarantine\w+ WILL_ORPHAN$/),
    ]);
  });
});
