import { Duration, Lazy, Stack, Stage } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { knownInAccount } from '../../lib/internal/account-registry';
import { Behavior, DetectionTarget, SecurityProfile, TopicDimension } from '../../lib/detection';
import { ZeroTrustFleet } from '../../lib/fleet';
import { Device, Enrollment } from '../../lib/identity';
import { Access } from '../../lib/policy';
import { FleetGroup, QuarantineGroup } from '../../lib/quarantine';
import { OPENSSL_EC_REQUEST } from '../support/certificate-request';
import { testApp } from '../support/app';

const HERE = { account: '111122223333', region: 'eu-west-1' };

test('an account and region is one place, whatever the stack', () => {
  const app = testApp();
  const first = new Stack(app, 'First', { env: HERE });
  const second = new Stack(new Stage(app, 'Stage'), 'Second', { env: HERE });
  const known = knownInAccount(new Construct(first, 'Below'), 'thing');
  known.set('a', 'First');
  expect(knownInAccount(second, 'thing')).toBe(known);
  expect(knownInAccount(second, 'other').size).toBe(0);
});

test.each([
  ['another account', { ...HERE, account: '444455556666' }],
  ['another region', { ...HERE, region: 'us-east-1' }],
  ['an account that is not known yet', { region: HERE.region }],
  ['a region that is not known yet', { account: HERE.account }],
])('%s is another place', (_name, env) => {
  const app = testApp();
  const known = knownInAccount(new Stack(app, 'First', { env: HERE }), 'thing');
  expect(knownInAccount(new Stack(app, 'Second', { env }), 'thing')).not.toBe(known);
});

test('a stack that may go anywhere is a place of its own', () => {
  const app = testApp();
  const stack = new Stack(app, 'First');
  expect(knownInAccount(stack, 'thing')).toBe(knownInAccount(new Construct(stack, 'Below'), 'thing'));
  expect(knownInAccount(new Stack(app, 'Second'), 'thing')).not.toBe(knownInAccount(stack, 'thing'));
});

test('another app is another world', () => {
  const known = knownInAccount(new Stack(testApp(), 'Stack', { env: HERE }), 'thing');
  expect(knownInAccount(new Stack(testApp(), 'Stack', { env: HERE }), 'thing')).not.toBe(known);
});

describe('a name that is given twice in one account and region is refused', () => {
  const access = () => [Access.shadow()];
  const behaviors = () => [Behavior.disconnects().mustBeAtMost(1).per(Duration.minutes(5))];
  const group = (stack: Stack) => new FleetGroup(stack, 'Fleet', { access: access() });

  const makers: [property: string, kind: string, (stack: Stack, id: string, name: string) => unknown][] = [
    [
      'thingGroupName',
      'thing group',
      (stack, id, thingGroupName) => new FleetGroup(stack, id, { access: access(), thingGroupName }),
    ],
    [
      'thingGroupName',
      'thing group',
      (stack, id, thingGroupName) => new QuarantineGroup(stack, id, { thingGroupName }),
    ],
    [
      'dimensionName',
      'dimension',
      (stack, id, dimensionName) => new TopicDimension(stack, id, { dimensionName, topicFilters: [`${id}/#`] }),
    ],
    [
      'securityProfileName',
      'security profile',
      (stack, id, securityProfileName) =>
        new SecurityProfile(stack, id, {
          behaviors: behaviors(),
          targets: [DetectionTarget.allThings()],
          securityProfileName,
        }),
    ],
    [
      'thingName',
      'thing',
      (stack, id, thingName) => {
        const fleetGroup = (stack.node.tryFindChild('Fleet') as FleetGroup | undefined) ?? group(stack);
        return new Device(stack, id, { certificateSigningRequest: OPENSSL_EC_REQUEST, fleetGroup, thingName });
      },
    ],
  ];

  test.each(makers)('%s of a %s (%#)', (property, kind, make) => {
    const app = testApp();
    const [one, two, elsewhere] = [HERE, HERE, { ...HERE, region: 'us-east-1' }].map(
      (env, index) => new Stack(app, `S${index}`, { env }),
    ) as [Stack, Stack, Stack];
    make(one, 'One', 'pumps');
    expect(() => make(two, 'Two', 'pumps')).toThrow(
      new RegExp(`^S1/Two: '${property}' "pumps" is that of S0/One already, and a ${kind} .*\\[NameTaken\\]`),
    );
    make(elsewhere, 'Two', 'pumps');
    const token = Lazy.string({ produce: () => 'pumps' });
    for (const id of ['Three', 'Four']) make(one, id, token);
  });

  test('but not of what was refused for something else', () => {
    const stack = new Stack(testApp(), 'S');
    const make = (id: string, description: string) =>
      new FleetGroup(stack, id, { access: access(), thingGroupName: 'pumps', description });
    expect(() => make('One', 'on two\nlines')).toThrow(/description/);
    expect(() => make('Two', 'on one line')).not.toThrow();
  });

  test('also where one enrollment is given to two fleets', () => {
    const stack = new Stack(testApp(), 'S');
    const enrollment = Enrollment.byClaim({ templateName: 'pumps' });
    new ZeroTrustFleet(stack, 'One', { access: access(), enrollment });
    expect(() => new ZeroTrustFleet(stack, 'Two', { access: access(), enrollment })).toThrow(
      /'templateName' "pumps" is that of S\/One\/Enrollment already.*\[NameTaken\]/,
    );
  });
});
