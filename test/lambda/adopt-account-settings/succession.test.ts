import type { SettingKind } from '../../../lambda/adopt-account-settings/contract';
import type { Progress } from '../../../lambda/shared/custom-resource';
import { effective, inUse } from './accounts';
import { Fleet, type Living } from './fleet';
import { ageThreshold, auditProperties, loggingProperties, ROLE, suppressionProperties } from './properties';
import { Rig, type RigStack } from './rig';

const SECOND_ROLE = 'arn:aws:iam::111122223333:role/second';
const SECOND_TOPIC = 'arn:aws:sns:eu-west-1:111122223333:second';
const SECOND = auditProperties({
  RoleArn: SECOND_ROLE,
  NotificationTargetArn: SECOND_TOPIC,
  NotificationRoleArn: SECOND_ROLE,
  ...ageThreshold('90'),
});
/** Far more than a stack asks again. */
const MANY = 100;

/** Events in their order, each once. */
function fleetOf(...all: [guid: string, kind: SettingKind, logicalId?: string][]): [Fleet, ...Living[]] {
  const fleet = new Fleet(() => 1);
  return [fleet, ...all.map(([guid, kind, logicalId]) => fleet.add(guid, kind, logicalId))];
}

/** Deletes with nobody awake; says how often the wait queue had to ask. */
async function removeUnheard({ stack }: Living): Promise<number> {
  let progress: Progress = await stack.delete();
  let waits = 0;
  for (; progress.kind === 'wait' && waits < MANY; waits += 1) progress = await stack.delete(progress.state);
  return waits;
}

test.each<[SettingKind, Record<string, unknown>, Record<string, unknown>]>([
  ['audit', auditProperties(ageThreshold('180')), SECOND],
  [
    'logging',
    loggingProperties({ Events: ['Connect=INFO'] }),
    loggingProperties({ RoleArn: SECOND_ROLE, Events: ['Connect=DEBUG'] }),
  ],
])('%s: stacks with different wishes do not wake each other again and again', async (kind, one, other) => {
  const [fleet, a, b] = fleetOf(['a', kind], ['b', kind]);
  await a!.stack.deploy(one);
  await b!.stack.deploy(other);
  const { writes } = fleet;
  await a!.stack.deploy({ ...one, ReplaceExisting: 'true' });
  await fleet.deliver();
  expect(fleet.writes - writes).toBeLessThan(5);
  expect(await fleet.wakeAll(kind)).toBe(false);
});

test('a stack that replaces and one that wants the same without replacing do not take turns', async () => {
  const [fleet, a, b] = fleetOf(['a', 'logging'], ['b', 'logging']);
  inUse(fleet.rig.account);
  const before = effective(fleet.rig.account);
  const Events = ['Publish-In=ERROR'];
  await a!.stack.deploy(loggingProperties({ Events, ReplaceExisting: 'true' }));
  await b!.stack.deploy(loggingProperties({ Events }));
  const adopted = effective(fleet.rig.account);
  await fleet.wakeAll('logging');
  expect(effective(fleet.rig.account)).toEqual(adopted);
  expect(await fleet.wakeAll('logging')).toBe(false);
  for (const stack of [a!, b!]) await fleet.remove(stack);
  expect(effective(fleet.rig.account)).toEqual(before);
});

describe('of two stacks the last in is the first out', () => {
  test('the audit never runs on a role that is gone, and is restored', async () => {
    const [fleet, a, b] = fleetOf(['a', 'audit'], ['b', 'audit']);
    const { account } = fleet.rig;
    const before = effective(account);
    await a!.stack.deploy(auditProperties(ageThreshold('180')));
    await b!.stack.deploy({ ...SECOND, ReplaceExisting: 'true' });
    expect(account.audit.roleArn).toBe(SECOND_ROLE);
    expect(await fleet.remove(b!)).toBeGreaterThan(0);
    // Without another event: CloudFormation deletes the role next.
    expect(account.audit).toMatchObject({
      roleArn: ROLE,
      auditCheckConfigurations: {
        DEVICE_CERTIFICATE_AGE_CHECK: { configuration: { CERT_AGE_THRESHOLD_IN_DAYS: '180' } },
      },
    });
    await fleet.deliver();
    expect(await fleet.remove(a!)).toBe(0);
    expect(effective(account)).toEqual(before);
    expect(account.parameters.size).toBe(0);
  });

  test('logging says again what it said before both', async () => {
    const [fleet, a, b] = fleetOf(['a', 'logging'], ['b', 'logging']);
    const { account } = fleet.rig;
    inUse(account);
    const before = effective(account);
    await a!.stack.deploy(loggingProperties({ DefaultLogLevel: 'WARN' }));
    await b!.stack.deploy(loggingProperties({ DefaultLogLevel: 'DEBUG' }));
    await fleet.remove(b!);
    expect(account.logging?.defaultLogLevel).toBe('WARN');
    await fleet.remove(a!);
    expect(effective(account)).toEqual(before);
  });
});

test('a wish that is dropped is held until who wants it took over', async () => {
  const [fleet, a, b] = fleetOf(['a', 'logging'], ['b', 'logging']);
  const { account } = fleet.rig;
  const before = effective(account);
  const connect = (): string | undefined => account.logging?.eventConfigurations[0]?.logLevel;
  await a!.stack.deploy(loggingProperties({ Events: ['Connect=INFO'] }));
  await b!.stack.deploy(loggingProperties({ Events: ['Connect=DEBUG'], ReplaceExisting: 'true' }));
  await b!.stack.deploy(loggingProperties({ ReplaceExisting: 'true' }));
  expect(connect()).toBe('DEBUG');
  await fleet.deliver();
  expect(connect()).toBe('INFO');
  await fleet.remove(a!);
  expect(account.logging?.eventConfigurations).toEqual([]);
  await fleet.remove(b!);
  expect(effective(account)).toEqual(before);
});

test('a threshold that was removed once does not keep the audit configured', async () => {
  const [fleet, a, next] = fleetOf(['a', 'audit'], ['next', 'audit']);
  await a!.stack.deploy(auditProperties(ageThreshold('180')));
  await a!.stack.deploy(auditProperties());
  await fleet.remove(a!);
  expect(fleet.rig.account.audit.roleArn).toBeUndefined();
  expect(await next!.stack.deploy(SECOND)).toMatchObject({ data: { Kept: '' } });
});

test('who did not take over is woken again', async () => {
  const [fleet, a, b] = fleetOf(['a', 'logging'], ['b', 'logging']);
  const { writes } = fleet;
  await a!.stack.deploy(loggingProperties({ DefaultLogLevel: 'WARN' }));
  await b!.stack.deploy(loggingProperties({ DefaultLogLevel: 'DEBUG' }));
  expect(fleet.writes - writes).toBe(2);
  const first = await b!.stack.delete();
  expect(first).toMatchObject({ kind: 'wait', seconds: 10, state: { attempts: 0, waits: 1 } });
  expect(fleet.writes - writes).toBe(3);
  await b!.stack.delete((first as { state?: unknown }).state);
  expect(fleet.writes - writes).toBe(4);
});

describe('a stack goes although', () => {
  test('another never takes over: what that one wants is given back, and said', async () => {
    const [fleet, a, b] = fleetOf(['a', 'logging'], ['b', 'logging']);
    const { account, lines } = fleet.rig;
    inUse(account);
    const before = effective(account);
    await a!.stack.deploy(loggingProperties({ DefaultLogLevel: 'WARN' }));
    await b!.stack.deploy(loggingProperties({ DefaultLogLevel: 'DEBUG' }));
    expect(await removeUnheard(b!)).toBe(24);
    expect(account.logging?.defaultLogLevel).toBe('ERROR');
    expect(lines).toContainEqual({
      message: 'given back although another stack wants it: that stack did not take over',
      setting: 'logging',
      keys: 'defaultLogLevel',
    });
    expect([...account.parameters.keys()]).toEqual(['/zero-trust-iot/account-settings/logging/a/Setting']);
    b!.alive = false;
    await fleet.deliver();
    expect(account.logging?.defaultLogLevel).toBe('WARN');
    await fleet.remove(a!);
    expect(effective(account)).toEqual(before);
  });

  test('another never takes over and the service takes nothing back', async () => {
    const [fleet, a, b] = fleetOf(['a', 'audit'], ['b', 'audit']);
    const { account, lines } = fleet.rig;
    inUse(account);
    account.passableRoles = new Set([ROLE, SECOND_ROLE]);
    await a!.stack.deploy(auditProperties({ NotificationRoleArn: ROLE }));
    await b!.stack.deploy({ ...SECOND, ReplaceExisting: 'true' });
    expect(await removeUnheard(b!)).toBe(24 + 3);
    expect(lines).toContainEqual(expect.objectContaining({ keys: 'roleArn,notification', setting: 'audit' }));
    // What was left is not said to be given back.
    expect(lines).not.toContainEqual(expect.objectContaining({ keys: expect.stringContaining('check:') }));
    expect(lines.filter(({ message }) => String(message).startsWith('given back although'))).toEqual([]);
  });

  test('two go at once', async () => {
    const [fleet, a, b] = fleetOf(['a', 'audit'], ['b', 'audit']);
    const before = effective(fleet.rig.account);
    await a!.stack.deploy(auditProperties(ageThreshold('180')));
    await b!.stack.deploy({ ...SECOND, ReplaceExisting: 'true' });
    const waits = await Promise.all([removeUnheard(a!), removeUnheard(b!)]);
    expect(Math.max(...waits)).toBeLessThan(3);
    expect(effective(fleet.rig.account)).toEqual(before);
    expect(fleet.rig.account.parameters.size).toBe(0);
  });
});

describe('a resource under a new logical id, whom no event wakes,', () => {
  test('takes over from the old one with a role of its own', async () => {
    const [fleet, old, renamed] = fleetOf(['a', 'audit', 'Old'], ['a', 'audit', 'Renamed']);
    const { account } = fleet.rig;
    await old!.stack.deploy(auditProperties());
    await renamed!.stack.deploy(SECOND);
    expect(account.audit.roleArn).toBe(ROLE);
    expect(await removeUnheard(old!)).toBe(1);
    expect(account.audit).toMatchObject({
      roleArn: SECOND_ROLE,
      auditNotificationTargetConfigurations: { SNS: { targetArn: SECOND_TOPIC } },
    });
    await removeUnheard(renamed!);
    expect(account.audit.roleArn).toBeUndefined();
  });

  test('does not keep the old one when it cannot take over', async () => {
    const [fleet, old, renamed] = fleetOf(['a', 'audit', 'Old'], ['a', 'audit', 'Renamed']);
    const { account, lines } = fleet.rig;
    await old!.stack.deploy(auditProperties());
    await renamed!.stack.deploy(SECOND);
    account.unknownRoles.add(SECOND_ROLE);
    expect(await removeUnheard(old!)).toBe(24);
    expect(lines).toContainEqual({
      message: 'a resource of this stack did not take over',
      setting: 'audit',
      because: expect.stringContaining('new role'),
    });
    expect(lines).toContainEqual(expect.objectContaining({ message: expect.stringContaining('left as it is') }));
    expect([...account.parameters.keys()]).toEqual(['/zero-trust-iot/account-settings/audit/a/Renamed']);
  });
});

describe('what CloudFormation asks while the stack is woken is what counts', () => {
  /** Runs `meanwhile` before the call of that number, and says whether there was one. */
  async function during(rig: Rig, at: number, meanwhile: () => Promise<unknown>, run: () => Promise<unknown>) {
    let calls = 0;
    let has = false;
    rig.meanwhile = async () => {
      if (calls++ !== at || has) return;
      has = true;
      await meanwhile();
    };
    await run();
    rig.meanwhile = undefined;
    return has;
  }
  /** Lambda calls again after an error. */
  const wake = (rig: Rig, kind: SettingKind, guid: string) => () =>
    rig.adopters[kind].reconcile(guid).catch(() => rig.adopters[kind].reconcile(guid));
  const CHECKS = ['LOGGING_DISABLED_CHECK', 'CONFLICTING_CLIENT_IDS_CHECK'];

  test('an update', async () => {
    let at = 0;
    for (let met = true; met; at += 1) {
      const rig = new Rig();
      const stack = rig.stack('a', 'audit');
      await stack.deploy(auditProperties(ageThreshold('180')));
      const update = () => stack.deploy(auditProperties({ CheckNames: CHECKS }));
      met = await during(rig, at, update, wake(rig, 'audit', 'a'));
      if (!met) await update();
      await stack.cleanUp();
      const on = Object.entries(rig.account.audit.auditCheckConfigurations ?? {}).filter(([, { enabled }]) => enabled);
      expect({ at, on: on.map(([name]) => name).sort() }).toEqual({ at, on: [...CHECKS].sort() });
      await stack.delete();
      expect({ at, left: rig.account.parameters.size }).toEqual({ at, left: 0 });
    }
    expect(at).toBeGreaterThan(3);
  });

  test('a deletion, of a resource beside one that waits', async () => {
    const suppress = (n: number) => suppressionProperties({ ResourceIdentifier: { account: `11112222333${n}` } });
    let at = 0;
    for (let met = true; met; at += 1) {
      const rig = new Rig();
      const [one, two] = ['S1', 'S2'].map((id) => rig.stack('a', 'suppression', id)) as [RigStack, RigStack];
      const other = rig.stack('b', 'suppression');
      await one.deploy(suppress(1));
      await two.deploy(suppress(2));
      await other.deploy({ ...suppress(1), Reason: 'of another stack' });
      await one.deploy(suppress(1));
      let progress: Progress | undefined;
      met = await during(
        rig,
        at,
        () => two.delete(),
        async () => (progress = await one.delete()),
      );
      if (!met) await two.delete();
      expect(progress).toMatchObject({ kind: 'wait' });
      await rig.adopters.suppression.reconcile('b');
      while (progress?.kind === 'wait') progress = await one.delete(progress.state);
      const names = [...rig.account.parameters.keys()];
      expect({ at, left: names.filter((name) => name.includes('/a/')), all: names.length }).toEqual({
        at,
        left: [],
        all: 1,
      });
    }
    expect(at).toBeGreaterThan(5);
  });
});
