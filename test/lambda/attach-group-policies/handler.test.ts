import { AwsFault } from '../../support/fake-aws';
import { FakeIotPolicies } from '../../support/fake-iot-policies';
import { GroupPoliciesRig, properties, request } from '../../support/group-policies-rig';

const ARN = FakeIotPolicies.groupArn('fleet');
const MINUTE = 60_000;

/** A group with policies A, B, D, E and X, of which some are attached. */
function setUp(attached = ''): GroupPoliciesRig {
  const iot = new FakeIotPolicies().group('fleet').group('other');
  for (const name of ['A', 'B', 'D', 'E', 'X', 'Y']) iot.policy(name);
  for (const name of attached.split(' ').filter((one) => one !== '')) iot.attachments.add(`${name} ${ARN}`);
  return new GroupPoliciesRig(iot);
}

describe('create', () => {
  test('attaches, what denies first, and answers at once', async () => {
    const rig = setUp();
    const answer = await rig.run(request('Create', properties('fleet', 'A D-')));
    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: `${ARN}/policies`, Data: {} });
    expect(rig.iot.history).toEqual([['D'], ['D', 'A']]);
    expect(rig.now).toBe(0);
  });

  test('takes what is attached already', async () => {
    const rig = setUp('A');
    expect(await rig.run(request('Create', properties('fleet', 'A')))).toMatchObject({ Status: 'SUCCESS' });
    expect(rig.iot.attached('fleet')).toEqual(['A']);
  });

  test('fails for a group without room, names who takes it, and changes nothing', async () => {
    const rig = setUp('X');
    const answer = await rig.run(request('Create', properties('fleet', 'A D-')));
    expect(answer.Status).toBe('FAILED');
    expect(answer.Reason).toMatch(
      /^GroupFull: a thing group holds at most 2 policies, and 'X' on .*thinggroup\/fleet was attached by somebody else, which leaves no room for the 2 of this resource\. Detach/,
    );
    expect(rig.iot.history).toEqual([]);
  });

  test('names all of several foreign policies', async () => {
    const answer = await setUp('X Y').run(request('Create', properties('fleet', 'A')));
    expect(answer.Reason).toContain("'X', 'Y' on arn:aws:iot:eu-west-1:111122223333:thinggroup/fleet were attached");
  });

  test('shares a group with a foreign policy when there is room', async () => {
    const rig = setUp('X');
    expect(await rig.run(request('Create', properties('fleet', 'A')))).toMatchObject({ Status: 'SUCCESS' });
    expect(rig.iot.attached('fleet')).toEqual(['X', 'A']);
  });

  test('waits for a group that was created a moment ago', async () => {
    const rig = setUp();
    rig.iot.groups.delete('fleet');
    await rig.deliver(request('Create', properties('fleet', 'A')));
    expect(rig.answers).toEqual([]);
    rig.iot.group('fleet');
    rig.now += 5_000;
    await rig.run(request('Create', properties('fleet', 'A')));
    expect(rig.answers.map(({ Status }) => Status)).toEqual(['SUCCESS', 'SUCCESS']);
  });

  test.each([
    ['group', 'there is no thing group arn:aws:iot:eu-west-1:111122223333:thinggroup/fleet'],
    ['policy', "there is no policy 'A', or no thing group arn:aws:iot:eu-west-1:111122223333:thinggroup/fleet"],
  ])('fails for a %s that does not come, after two minutes', async (what, reason) => {
    const rig = setUp();
    if (what === 'group') rig.iot.groups.delete('fleet');
    else rig.iot.policies.delete('A');
    expect(await rig.run(request('Create', properties('fleet', 'A')))).toMatchObject({
      Status: 'FAILED',
      Reason: `NotSettled: ${reason}`,
    });
    expect(rig.now).toBe(2 * MINUTE);
  });

  test('fails for properties that name no group, and there is nothing to delete then', async () => {
    const rig = setUp();
    expect(await rig.run(request('Create', { ...properties('fleet', 'A'), ThingGroupArn: 'x' }))).toMatchObject({
      Status: 'FAILED',
      PhysicalResourceId: 'nothing-was-created',
      Reason: 'InvalidProperties: ThingGroupArn is not the ARN of a thing group',
    });
  });

  test('waits until AWS IoT lists what was attached', async () => {
    const rig = setUp();
    rig.iot.stale = new Set();
    await rig.deliver(request('Create', properties('fleet', 'A')));
    expect(rig.answers).toEqual([]);
    expect(rig.iot.attached('fleet')).toEqual(['A']);
    rig.iot.stale = undefined;
    expect(await rig.run(request('Create', properties('fleet', 'A')))).toMatchObject({ Status: 'SUCCESS' });
  });

  test('fails when AWS IoT never lists it', async () => {
    const rig = setUp();
    rig.iot.stale = new Set();
    expect(await rig.run(request('Create', properties('fleet', 'A')))).toMatchObject({
      Status: 'FAILED',
      Reason: `NotSettled: AWS IoT does not list the policies of ${ARN} as they were set`,
    });
  });

  test('fails when the group is deleted between two looks and stays away', async () => {
    const rig = setUp();
    const answered = rig.run(request('Create', properties('fleet', '')));
    rig.iot.groups.delete('fleet');
    expect(await answered).toMatchObject({ Status: 'FAILED' });
  });

  test('waits for room that the list says is there, and fails when there is none', async () => {
    const rig = setUp('X Y');
    rig.iot.stale = new Set();
    expect(await rig.run(request('Create', properties('fleet', 'A')))).toMatchObject({
      Status: 'FAILED',
      Reason: `NotSettled: AWS IoT refuses 'A': the limit of policies on ${ARN} is reached`,
    });
    expect(rig.now).toBe(2 * MINUTE);
  });
});

describe('update', () => {
  test('exchanges policies without opening access, and waits until the old ones can be deleted', async () => {
    const rig = setUp('D A');
    const answer = await rig.run(request('Update', properties('fleet', 'E- B'), properties('fleet', 'D- A')));
    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: `${ARN}/policies` });
    expect(rig.iot.history).toEqual([['D'], ['D', 'E'], ['E'], ['E', 'B']]);
    expect(rig.now).toBeGreaterThan(5 * MINUTE);
    expect(rig.now).toBeLessThan(6 * MINUTE);
  });

  test('that gives nothing up waits for nothing', async () => {
    const rig = setUp('A');
    await rig.run(request('Update', properties('fleet', 'A B'), properties('fleet', 'A')));
    expect(rig.iot.attached('fleet')).toEqual(['A', 'B']);
    expect(rig.now).toBe(0);
  });

  test('does not wait for a policy that is gone', async () => {
    const rig = setUp('A');
    rig.iot.policies.delete('B');
    await rig.run(request('Update', properties('fleet', 'A'), properties('fleet', 'A B')));
    expect(rig.now).toBe(0);
  });

  test('to another group attaches there and leaves the old one to the deletion that follows', async () => {
    const rig = setUp('A');
    const answer = await rig.run(request('Update', properties('other', 'A'), properties('fleet', 'A')));
    expect(answer).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: `${FakeIotPolicies.groupArn('other')}/policies`,
    });
    expect(rig.iot.attached('fleet')).toEqual(['A']);
    expect(rig.iot.attached('other')).toEqual(['A']);
  });

  test('after a failed one: the roll-back restores what was', async () => {
    const rig = setUp('D A');
    rig.iot.policies.delete('B');
    const [before, after] = [properties('fleet', 'D- A'), properties('fleet', 'E- B')];
    expect(await rig.run(request('Update', after, before))).toMatchObject({ Status: 'FAILED' });
    expect(await rig.run(request('Update', before, after))).toMatchObject({ Status: 'SUCCESS' });
    expect(rig.iot.attached('fleet').sort()).toEqual(['A', 'D']);
  });

  test('whose old properties were never valid gives nothing up', async () => {
    const rig = setUp();
    expect(await rig.run(request('Update', properties('fleet', 'A'), { Policies: 'broken' }))).toMatchObject({
      Status: 'SUCCESS',
    });
  });

  test('attaches again what a lagging list still shows, as after a roll-back', async () => {
    const rig = setUp('B');
    rig.iot.stale = new Set([`A ${ARN}`]);
    await rig.run(request('Update', properties('fleet', 'A'), properties('fleet', 'B')));
    expect(rig.iot.attached('fleet')).toEqual(['A']);
  });

  test('keeps the newest two versions of the policies of this template, and none of the others is touched', async () => {
    const rig = setUp('A X');
    rig.iot.policy('A', ['11', '8', '9', '10']).policy('X', ['1', '2', '3', '4', '5']);
    await rig.run(request('Update', properties('fleet', 'A X!'), properties('fleet', 'A X!')));
    expect(rig.iot.policies.get('A')).toEqual(['11', '10']);
    expect(rig.iot.policies.get('X')).toHaveLength(5);
  });

  test('goes on detaching what is attached again while it waits, but not for ever', async () => {
    const rig = setUp('A');
    rig.iot.stale = new Set([`A ${ARN}`]);
    const running = rig.run(request('Update', properties('fleet', ''), properties('fleet', 'A')));
    expect(await running).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('does not list') });
  });
});

describe('delete', () => {
  test('detaches what allows first, and answers when the policies can be deleted', async () => {
    const rig = setUp('D A X');
    expect(await rig.run(request('Delete', properties('fleet', 'D- A')))).toMatchObject({ Status: 'SUCCESS' });
    expect(rig.iot.history).toEqual([['D', 'X'], ['X']]);
    expect(rig.now).toBeGreaterThan(5 * MINUTE);
    expect(rig.now).toBeLessThan(6 * MINUTE);
  });

  test('of what was never attached waits too: an earlier delivery may have detached it', async () => {
    const rig = setUp();
    expect(await rig.run(request('Delete', properties('fleet', 'A')))).toMatchObject({ Status: 'SUCCESS' });
    expect(rig.now).toBeGreaterThan(5 * MINUTE);
  });

  test('of what is gone altogether succeeds at once', async () => {
    const rig = new GroupPoliciesRig(new FakeIotPolicies());
    expect(await rig.run(request('Delete', properties('fleet', 'A', 'true')))).toMatchObject({ Status: 'SUCCESS' });
    expect(rig.now).toBe(0);
  });

  test('of properties that an older release wrote differently succeeds: a stack must be deletable', async () => {
    const rig = setUp('A');
    const incoming = request('Delete', { ...properties('fleet', 'A'), Policies: 'other' });
    expect(await rig.run(incoming)).toMatchObject({ Status: 'SUCCESS' });
    expect(rig.logs).toContainEqual(expect.objectContaining({ level: 'WARN', message: 'nothing to detach' }));
  });

  test('waits on while AWS IoT lists the group under a policy, and detaches again', async () => {
    const rig = setUp('A');
    rig.iot.stale = new Set([`A ${ARN}`]);
    await rig.deliver(request('Delete', properties('fleet', 'A')));
    rig.iot.attachments.add(`A ${ARN}`);
    expect(await rig.run(request('Delete', properties('fleet', 'A')))).toMatchObject({ Status: 'SUCCESS' });
    expect(rig.iot.attached('fleet')).toEqual([]);
    expect(rig.now).toBeGreaterThan(7 * MINUTE);
    expect(rig.now).toBeLessThan(8 * MINUTE);
    expect(rig.logs).toContainEqual(
      expect.objectContaining({ level: 'WARN', message: 'still listed under a detached policy' }),
    );
  });

  test('does not wait for what somebody else attached elsewhere, but says so', async () => {
    const rig = setUp('A');
    rig.iot.attachments.add('A arn:aws:iot:eu-west-1:111122223333:cert/1');
    expect(await rig.run(request('Delete', properties('fleet', 'A')))).toMatchObject({ Status: 'SUCCESS' });
    expect(rig.now).toBeLessThan(6 * MINUTE);
    expect(rig.logs).toContainEqual(
      expect.objectContaining({ message: 'also attached elsewhere', policy: 'A', targets: 1 }),
    );
    expect([...rig.iot.attachments]).toEqual(['A arn:aws:iot:eu-west-1:111122223333:cert/1']);
  });

  test('does not speak of policies that are attached nowhere', async () => {
    const rig = setUp('A');
    await rig.run(request('Delete', properties('fleet', 'A')));
    expect(rig.logs.filter(({ level }) => level !== 'INFO')).toEqual([]);
  });
});

describe('the guard of a group with members', () => {
  const guarded = properties('fleet', 'D- A', 'true');

  test('refuses to delete, says whose access it is about and what to do, and changes nothing', async () => {
    const rig = setUp('D A');
    rig.iot.group('fleet', ['pump-1', 'pump-2']);
    const answer = await rig.run(request('Delete', guarded));
    expect(answer.Status).toBe('FAILED');
    expect(answer.Reason).toMatch(
      /^GroupHasMembers: the thing group 'fleet' still has members \(pump-1, pump-2\), and .* Move them out .* or delete the stack while retaining/,
    );
    expect(rig.iot.history).toEqual([
      ['D', 'A'],
      ['D', 'A'],
    ]);
  });

  test('names a few of many', async () => {
    const rig = setUp('D A');
    rig.iot.group(
      'fleet',
      [...Array(9).keys()].map((index) => `pump-${index}`),
    );
    const { Reason } = await rig.run(request('Delete', guarded));
    expect(Reason).toContain('(pump-0, pump-1, pump-2, pump-3, pump-4, …)');
  });

  test('lets an empty group go, and one that is not guarded', async () => {
    const rig = setUp('D A');
    expect(await rig.run(request('Delete', guarded))).toMatchObject({ Status: 'SUCCESS' });
    rig.iot.group('fleet', ['pump-1']);
    expect(await rig.run(request('Delete', properties('fleet', 'D- A')))).toMatchObject({ Status: 'SUCCESS' });
  });

  test('puts the policies back when a member comes while the deletion waits', async () => {
    const rig = setUp('D A');
    await rig.deliver(request('Delete', guarded));
    expect(rig.iot.attached('fleet')).toEqual([]);
    rig.iot.group('fleet', ['pump-1']);
    rig.now += MINUTE;
    expect(await rig.run(request('Delete', guarded))).toMatchObject({ Status: 'FAILED' });
    expect(rig.iot.attached('fleet')).toEqual(['D', 'A']);
    expect(rig.iot.history.slice(2)).toEqual([['D'], ['D', 'A'], ['D', 'A'], ['D', 'A']]);
  });
});

const SCENARIOS = [
  ['create', '', request('Create', properties('fleet', 'D- A')), 'A D'],
  ['update', 'D A', request('Update', properties('fleet', 'E- B'), properties('fleet', 'D- A')), 'B E'],
  ['update of a denial', 'D A', request('Update', properties('fleet', 'E- A'), properties('fleet', 'D- A')), 'A E'],
  ['delete', 'D A', request('Delete', properties('fleet', 'D- A', 'true')), ''],
] as const;

/** The same end however it is disturbed: what is attached, which versions are left, and one kind of answer. */
describe.each(SCENARIOS)('%s', (_, attached, incoming, expected) => {
  const stage = () => {
    const rig = setUp(attached);
    rig.iot.policy('A', ['4', '1', '2', '3']);
    return rig;
  };
  const endOf = ({ iot }: GroupPoliciesRig) => ({
    attached: iot.attached('fleet').sort().join(' '),
    versions: iot.policies.get('A'),
  });

  /** How it goes when nothing happens; run by the first test that asks, so that mutation runs know which test ran what. */
  let known: Promise<{ calls: string[]; end: ReturnType<typeof endOf> }> | undefined;
  const undisturbed = () =>
    (known ??= (async () => {
      const rig = stage();
      await rig.run(incoming);
      return { calls: rig.calls, end: endOf(rig) };
    })());

  test('undisturbed', async () => {
    const { calls, end } = await undisturbed();
    expect(end.attached).toBe(expected);
    expect(calls.length).toBeGreaterThan(5);
  });

  test.each([false, true])('crashes at any call, and is delivered again (after its effect: %s)', async (effect) => {
    const { calls, end } = await undisturbed();
    for (let at = 0; at < calls.length; at += 1) {
      const rig = stage();
      rig.disturbances.push({ at, effect, then: 'crash' });
      expect(await rig.run(incoming)).toMatchObject({ Status: 'SUCCESS' });
      expect(endOf(rig)).toEqual(end);
      expect(
        rig.iot.history.every((present) =>
          !present.includes('A') && !present.includes('B') ? true : present.includes('D') || present.includes('E'),
        ),
      ).toBe(true);
    }
  });

  test('crashes at any call, and soon again', async () => {
    const { calls, end } = await undisturbed();
    for (let first = 0; first < calls.length; first += 1) {
      for (let second = first + 1; second <= first + 4; second += 1) {
        const rig = stage();
        rig.disturbances.push({ at: first, effect: true, then: 'crash' }, { at: second, effect: false, then: 'crash' });
        expect(await rig.run(incoming)).toMatchObject({ Status: 'SUCCESS' });
        expect(endOf(rig)).toEqual(end);
      }
    }
  });

  test.each([false, true])('is throttled at any call of AWS IoT (after its effect: %s)', async (effect) => {
    const { calls, end } = await undisturbed();
    for (let at = 0; at < calls.length; at += 1) {
      if (calls[at] === 'respond' || calls[at] === 'requeue') continue;
      const rig = stage();
      rig.disturbances.push({ at, effect, then: new AwsFault('ThrottlingException') });
      expect(await rig.run(incoming)).toMatchObject({ Status: 'SUCCESS' });
      expect(endOf(rig)).toEqual(end);
    }
  });

  test('is delivered twice', async () => {
    const { end } = await undisturbed();
    const rig = stage();
    await rig.run(incoming);
    await rig.run(incoming);
    expect(rig.answers.map(({ Status }) => Status)).toEqual(['SUCCESS', 'SUCCESS']);
    expect(endOf(rig)).toEqual(end);
  });

  test('waits for rights that have not reached AWS IoT yet', async () => {
    const rig = stage();
    rig.disturbances.push({ at: 0, effect: false, then: new AwsFault('UnauthorizedException') });
    expect(await rig.run(incoming)).toMatchObject({ Status: 'SUCCESS' });
  });
});
