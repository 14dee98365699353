import { decodeClaim } from '../../../lambda/adopt-account-settings/claim';
import { SETTINGS, type SettingKind } from '../../../lambda/adopt-account-settings/contract';
import { AwsFault } from '../../support/fake-aws';
import type { FakeAccount } from '../../support/fake-account';
import { effective, inUse, OTHER_ROLE, OTHER_TOPIC } from './accounts';
import {
  ageThreshold,
  auditProperties,
  indexingProperties,
  loggingProperties,
  NOTIFIER,
  ROLE,
  suppressionProperties,
  TOPIC,
} from './properties';
import { Rig } from './rig';

const PROPERTIES: Record<SettingKind, Record<string, unknown>> = {
  audit: auditProperties(ageThreshold('180')),
  logging: loggingProperties({ Events: ['Connect=INFO'] }),
  indexing: indexingProperties({ NamedShadows: ['config'], ThingFields: ['attributes.model=String'] }),
  events: { EventTypes: ['JOB_EXECUTION', 'POLICY'] },
  suppression: suppressionProperties(),
};

const CHANGED: Record<SettingKind, Record<string, unknown>> = {
  audit: auditProperties({ ...ageThreshold('90'), CheckNames: ['DEVICE_CERTIFICATE_AGE_CHECK'] }),
  logging: loggingProperties({ DefaultLogLevel: 'DEBUG' }),
  indexing: indexingProperties({ ThingIndexingMode: 'REGISTRY_AND_SHADOW' }),
  events: { EventTypes: ['JOB_EXECUTION', 'THING'] },
  suppression: suppressionProperties({ Reason: 'still being set up' }),
};

const ACCOUNTS: [string, (account: FakeAccount) => void][] = [
  ['a fresh account', () => undefined],
  ['an account in use', inUse],
];

describe.each(ACCOUNTS)('in %s', (_name, prepare) => {
  test.each(SETTINGS)('%s: to adopt and to delete changes nothing', async (kind) => {
    const rig = new Rig();
    prepare(rig.account);
    const before = effective(rig.account);
    const stack = rig.stack('a', kind);
    await stack.deploy(PROPERTIES[kind]);
    expect(effective(rig.account)).not.toEqual(before);
    expect(await stack.delete()).toEqual({ kind: 'done' });
    expect(effective(rig.account)).toEqual(before);
    expect(rig.account.parameters.size).toBe(0);
  });

  test.each(SETTINGS)('%s: to adopt twice is to adopt once', async (kind) => {
    const rig = new Rig();
    prepare(rig.account);
    const stack = rig.stack('a', kind);
    const first = await stack.deploy(PROPERTIES[kind]);
    const after = { settings: rig.account.settings(), claims: [...rig.account.parameters] };
    rig.calls.length = 0;
    expect(await stack.deploy(PROPERTIES[kind])).toEqual(first);
    expect({ settings: rig.account.settings(), claims: [...rig.account.parameters] }).toEqual(after);
    expect(rig.calls.filter((call) => /^(Update|Set|Put|Create|Delete)/.test(call))).toEqual([]);
  });

  test.each(SETTINGS)('%s: an update that is deleted changes nothing', async (kind) => {
    const rig = new Rig();
    prepare(rig.account);
    const before = effective(rig.account);
    const stack = rig.stack('a', kind);
    await stack.deploy(PROPERTIES[kind]);
    await stack.deploy(CHANGED[kind]);
    await stack.cleanUp();
    await stack.delete();
    expect(effective(rig.account)).toEqual(before);
    expect(rig.account.parameters.size).toBe(0);
  });

  describe.each(SETTINGS)('%s', (kind) => {
    const steps = [
      ['create', 'nothing'],
      ['create', 'effect'],
      ['update', 'nothing'],
      ['update', 'effect'],
      ['delete', 'nothing'],
      ['delete', 'effect'],
    ] as const;

    test.each(steps)('stopped during %s with %s done and delivered again, ends as if not', async (verb, after) => {
      const expected = await run(kind, prepare, verb, undefined);
      for (let at = 0; at < expected.calls; at += 1) {
        const stopped = await run(kind, prepare, verb, { at, after });
        expect({ at, ...stopped, calls: 0 }).toEqual({ at, ...expected, calls: 0 });
      }
      expect(expected.calls).toBeGreaterThan(2);
    });

    test.each(['create', 'update'] as const)('stopped during %s and deleted, changes nothing', async (verb) => {
      const { calls } = await run(kind, prepare, verb, undefined);
      for (let at = 0; at < calls; at += 1) {
        for (const after of ['nothing', 'effect'] as const) {
          const rig = new Rig();
          prepare(rig.account);
          const before = effective(rig.account);
          const stack = rig.stack('a', kind);
          if (verb === 'update') await stack.deploy(PROPERTIES[kind]);
          rig.calls.length = 0;
          rig.stop = { at, after };
          await stack.deploy(verb === 'update' ? CHANGED[kind] : PROPERTIES[kind]).catch(() => undefined);
          rig.stop = undefined;
          // CloudFormation rolls back an update before a stack can be deleted; a creation it just deletes.
          if (verb === 'update') await stack.deploy(PROPERTIES[kind]);
          else stack.assume(PROPERTIES[kind]);
          await stack.delete();
          expect({ at, after, settings: effective(rig.account) }).toEqual({ at, after, settings: before });
          expect(rig.account.parameters.size).toBe(0);
        }
      }
    });
  });
});

interface Outcome {
  readonly settings: object;
  readonly claims: [string, string][];
  readonly calls: number;
}

async function run(
  kind: SettingKind,
  prepare: (account: FakeAccount) => void,
  verb: 'create' | 'update' | 'delete',
  stop: Rig['stop'],
): Promise<Outcome> {
  const rig = new Rig();
  prepare(rig.account);
  const stack = rig.stack('a', kind);
  if (verb !== 'create') await stack.deploy(PROPERTIES[kind]);
  const act = (): Promise<unknown> =>
    verb === 'delete' ? stack.delete() : stack.deploy(verb === 'create' ? PROPERTIES[kind] : CHANGED[kind]);
  rig.calls.length = 0;
  rig.stop = stop;
  if (stop === undefined) {
    await act();
    return { settings: rig.account.settings(), claims: [...rig.account.parameters], calls: rig.calls.length };
  }
  await expect(act()).rejects.toThrow('stopped');
  rig.stop = undefined;
  await act();
  return { settings: rig.account.settings(), claims: [...rig.account.parameters], calls: rig.calls.length };
}

describe('the audit of an account', () => {
  test('is created where there is none', async () => {
    const rig = new Rig();
    const progress = await rig.stack('a', 'audit').deploy(auditProperties(ageThreshold('180')));
    expect(progress).toEqual({ kind: 'done', data: { Kept: '' } });
    expect(rig.account.audit).toMatchObject({
      roleArn: ROLE,
      auditNotificationTargetConfigurations: { SNS: { targetArn: TOPIC, roleArn: NOTIFIER, enabled: true } },
      auditCheckConfigurations: {
        LOGGING_DISABLED_CHECK: { enabled: true },
        DEVICE_CERTIFICATE_AGE_CHECK: { enabled: true, configuration: { CERT_AGE_THRESHOLD_IN_DAYS: '180' } },
        CONFLICTING_CLIENT_IDS_CHECK: { enabled: false },
      },
    });
  });

  test('is merged with what there is', async () => {
    const rig = new Rig();
    inUse(rig.account);
    rig.account.passableRoles = new Set([ROLE, NOTIFIER]);
    const before = structuredClone(rig.account.audit);
    const progress = await rig.stack('a', 'audit').deploy(auditProperties());
    expect(progress).toEqual({ kind: 'done', data: { Kept: 'roleArn,notification' } });
    expect(rig.account.audit).toEqual({
      ...before,
      auditCheckConfigurations: {
        ...before.auditCheckConfigurations,
        LOGGING_DISABLED_CHECK: { enabled: true },
        DEVICE_CERTIFICATE_AGE_CHECK: { enabled: true },
      },
    });
    expect(rig.lines).toContainEqual(
      expect.objectContaining({ message: 'kept what others set', keys: 'roleArn,notification' }),
    );
  });

  test('keeps the threshold of a check that somebody else enabled, and overwrites it when asked', async () => {
    const rig = new Rig();
    rig.account.audit.roleArn = OTHER_ROLE;
    const check = { enabled: true, configuration: { CERT_AGE_THRESHOLD_IN_DAYS: '700' } };
    rig.account.audit.auditCheckConfigurations.DEVICE_CERTIFICATE_AGE_CHECK = check;
    const days = (): unknown =>
      rig.account.audit.auditCheckConfigurations.DEVICE_CERTIFICATE_AGE_CHECK?.configuration
        ?.CERT_AGE_THRESHOLD_IN_DAYS;
    const stack = rig.stack('a', 'audit');
    await stack.deploy(auditProperties(ageThreshold('180')));
    expect(days()).toBe('700');
    await stack.deploy(auditProperties({ ...ageThreshold('180'), ReplaceExisting: 'true' }));
    expect(days()).toBe('180');
    expect(rig.account.audit.roleArn).toBe(ROLE);
    await stack.delete();
    expect(days()).toBe('700');
    expect(rig.account.audit.roleArn).toBe(OTHER_ROLE);
  });

  test('sets the threshold of a check that was off', async () => {
    const rig = new Rig();
    rig.account.audit.roleArn = OTHER_ROLE;
    rig.account.audit.auditCheckConfigurations.DEVICE_CERTIFICATE_AGE_CHECK = {
      enabled: false,
      configuration: { CERT_AGE_THRESHOLD_IN_DAYS: '700' },
    };
    const before = structuredClone(rig.account.audit);
    const stack = rig.stack('a', 'audit');
    await stack.deploy(auditProperties(ageThreshold('180')));
    expect(rig.account.audit.auditCheckConfigurations.DEVICE_CERTIFICATE_AGE_CHECK).toEqual({
      enabled: true,
      configuration: { CERT_AGE_THRESHOLD_IN_DAYS: '180' },
    });
    await stack.delete();
    expect(rig.account.audit).toEqual(before);
  });

  test('waits for a new role to be known, and not for ever', async () => {
    const rig = new Rig();
    rig.account.unknownRoles.add(ROLE);
    const stack = rig.stack('a', 'audit');
    const progress = await stack.deploy(auditProperties());
    expect(progress).toMatchObject({ kind: 'wait', seconds: 10, state: { attempts: 1 } });
    await expect(stack.deploy(auditProperties(), { attempts: 15 })).rejects.toThrow('InvalidRequestException');
    rig.account.unknownRoles.clear();
    expect(await stack.deploy(auditProperties(), { attempts: 1 })).toMatchObject({ kind: 'done' });
    await stack.delete();
    expect(rig.account.audit.roleArn).toBeUndefined();
  });

  test('fails at once for a request that no role could mend', async () => {
    const rig = new Rig();
    inUse(rig.account);
    const stack = rig.stack('a', 'audit');
    await expect(stack.deploy(auditProperties({ CheckNames: ['NO_SUCH_CHECK'] }))).rejects.toThrow(
      'InvalidRequestException',
    );
  });

  test('disables a check only after the scheduled audits were updated', async () => {
    const rig = new Rig();
    const stack = rig.stack('a', 'audit');
    await stack.deploy(auditProperties());
    rig.account.scheduledChecks.add('LOGGING_DISABLED_CHECK').add('DEVICE_CERTIFICATE_AGE_CHECK');
    await stack.deploy(auditProperties({ CheckNames: ['DEVICE_CERTIFICATE_AGE_CHECK'] }));
    expect(rig.account.audit.auditCheckConfigurations.LOGGING_DISABLED_CHECK?.enabled).toBe(true);
    rig.account.scheduledChecks.delete('LOGGING_DISABLED_CHECK');
    await stack.cleanUp();
    expect(rig.account.audit.auditCheckConfigurations.LOGGING_DISABLED_CHECK?.enabled).toBe(false);
    expect(rig.account.audit.auditCheckConfigurations.DEVICE_CERTIFICATE_AGE_CHECK?.enabled).toBe(true);
  });

  test('a change that is rolled back disables nothing', async () => {
    const rig = new Rig();
    const stack = rig.stack('a', 'audit');
    await stack.deploy(auditProperties());
    const before = rig.account.settings();
    await stack.deploy(auditProperties({ CheckNames: ['CONFLICTING_CLIENT_IDS_CHECK'] }));
    await stack.deploy(auditProperties());
    const checks = rig.account.audit.auditCheckConfigurations;
    expect(checks.LOGGING_DISABLED_CHECK?.enabled).toBe(true);
    await stack.cleanUp();
    expect(rig.account.settings()).toEqual(before);
  });

  test('a version that failed half-way and is deleted takes nothing along', async () => {
    const rig = new Rig();
    const stack = rig.stack('a', 'audit');
    await stack.deploy(auditProperties());
    const before = rig.account.settings();
    rig.account.scheduledChecks.add('LOGGING_DISABLED_CHECK').add('DEVICE_CERTIFICATE_AGE_CHECK');
    const next = auditProperties({ CheckNames: ['NO_SUCH_CHECK'] });
    const failed = rig.stack('a', 'audit');
    await expect(failed.deploy(next)).rejects.toThrow('InvalidRequestException');
    failed.assume(next);
    rig.account.scheduledChecks.clear();
    await failed.delete().catch(() => undefined);
    await stack.deploy(auditProperties());
    expect(rig.account.settings()).toEqual(before);
    await stack.delete();
    expect(rig.account.audit.roleArn).toBeUndefined();
  });

  test('deletes what a creation left that was never answered', async () => {
    const rig = new Rig();
    const stack = rig.stack('a', 'audit');
    await stack.deploy(auditProperties());
    await stack.delete(undefined, 'stack-Audit-1A2B3C');
    expect(rig.account.audit.roleArn).toBeUndefined();
    expect(rig.account.parameters.size).toBe(0);
  });

  test('leaves alone what somebody changed since', async () => {
    const rig = new Rig();
    const stack = rig.stack('a', 'audit');
    await stack.deploy(auditProperties(ageThreshold('180')));
    const checks = rig.account.audit.auditCheckConfigurations;
    checks.CONFLICTING_CLIENT_IDS_CHECK = { enabled: true };
    checks.DEVICE_CERTIFICATE_AGE_CHECK = { enabled: true, configuration: { CERT_AGE_THRESHOLD_IN_DAYS: '200' } };
    await stack.delete();
    expect(rig.account.audit).toMatchObject({
      roleArn: ROLE,
      auditCheckConfigurations: {
        CONFLICTING_CLIENT_IDS_CHECK: { enabled: true },
        LOGGING_DISABLED_CHECK: { enabled: false },
      },
    });
    expect(rig.account.audit.auditNotificationTargetConfigurations).toBeUndefined();
    expect(rig.lines).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining('left as it is'), keys: 'roleArn' }),
    );
  });

  test('of a stack that goes is left where the service does not let go, after a few tries', async () => {
    const rig = new Rig();
    const stack = rig.stack('a', 'audit');
    await stack.deploy(auditProperties());
    rig.account.scheduledChecks.add('LOGGING_DISABLED_CHECK');
    expect(await stack.delete()).toMatchObject({ kind: 'wait', seconds: 20, state: { attempts: 1 } });
    expect(await stack.delete({ attempts: 3 })).toEqual({ kind: 'done' });
    expect(rig.account.audit).toMatchObject({
      auditCheckConfigurations: {
        LOGGING_DISABLED_CHECK: { enabled: true },
        DEVICE_CERTIFICATE_AGE_CHECK: { enabled: false },
      },
    });
    expect(rig.lines).toContainEqual(
      expect.objectContaining({ keys: 'roleArn,check:LOGGING_DISABLED_CHECK', setting: 'audit' }),
    );
    expect(rig.account.parameters.size).toBe(0);
  });

  test('puts back a target that was off without a role that it may not pass', async () => {
    const rig = new Rig();
    inUse(rig.account);
    const target = { targetArn: OTHER_TOPIC, roleArn: OTHER_ROLE, enabled: false };
    rig.account.audit.auditNotificationTargetConfigurations = { SNS: target };
    rig.account.passableRoles = new Set([ROLE, NOTIFIER]);
    const stack = rig.stack('a', 'audit');
    await stack.deploy(auditProperties());
    expect(rig.account.audit.auditNotificationTargetConfigurations).toMatchObject({ SNS: { targetArn: TOPIC } });
    expect(await stack.delete()).toEqual({ kind: 'done' });
    expect(rig.account.audit.auditNotificationTargetConfigurations).toBeUndefined();
  });

  test('says which role it may not put back', async () => {
    const rig = new Rig();
    inUse(rig.account);
    rig.account.passableRoles = new Set([ROLE, NOTIFIER]);
    const stack = rig.stack('a', 'audit');
    await stack.deploy(auditProperties({ ReplaceExisting: 'true' }));
    expect(await stack.delete({ attempts: 3 })).toEqual({ kind: 'done' });
    expect(rig.lines).toContainEqual(
      expect.objectContaining({ keys: 'roleArn,notification', because: expect.stringContaining('AccessDenied') }),
    );
    expect(rig.account.audit.auditCheckConfigurations.LOGGING_DISABLED_CHECK?.enabled).toBe(false);
  });
});

describe('two stacks in one account', () => {
  test.each(SETTINGS)('%s: who goes first takes nothing from the other; who goes last restores', async (kind) => {
    const rig = new Rig();
    inUse(rig.account);
    const before = effective(rig.account);
    const first = rig.stack('a', kind);
    const second = rig.stack('b', kind);
    await first.deploy(PROPERTIES[kind]);
    const adopted = effective(rig.account);
    await second.deploy(PROPERTIES[kind]);
    expect(effective(rig.account)).toEqual(adopted);
    await first.delete();
    expect(effective(rig.account)).toEqual(adopted);
    await rig.adopters[kind].reconcile('b');
    expect(effective(rig.account)).toEqual(adopted);
    await second.delete();
    expect(effective(rig.account)).toEqual(before);
    expect(rig.account.parameters.size).toBe(0);
  });

  const second = auditProperties({
    RoleArn: OTHER_ROLE,
    NotificationTargetArn: OTHER_TOPIC,
    NotificationRoleArn: OTHER_ROLE,
    ...ageThreshold('90'),
  });

  test('the second leaves the values of the first in place and takes over when that goes', async () => {
    const rig = new Rig();
    const a = rig.stack('a', 'audit');
    const b = rig.stack('b', 'audit');
    await a.deploy(auditProperties(ageThreshold('180')));
    expect(await b.deploy(second)).toMatchObject({
      data: { Kept: 'roleArn,notification,check:DEVICE_CERTIFICATE_AGE_CHECK/CERT_AGE_THRESHOLD_IN_DAYS' },
    });
    expect(rig.account.audit.roleArn).toBe(ROLE);
    await a.delete();
    await rig.adopters.audit.reconcile('b');
    expect(rig.account.audit).toMatchObject({
      roleArn: OTHER_ROLE,
      auditNotificationTargetConfigurations: { SNS: { targetArn: OTHER_TOPIC } },
      auditCheckConfigurations: {
        DEVICE_CERTIFICATE_AGE_CHECK: { configuration: { CERT_AGE_THRESHOLD_IN_DAYS: '90' } },
      },
    });
    await b.delete();
    expect(rig.account.audit).toMatchObject({
      auditCheckConfigurations: { DEVICE_CERTIFICATE_AGE_CHECK: { enabled: false } },
    });
    expect(rig.account.audit.roleArn).toBeUndefined();
  });

  test('the first still owns its values, and the second follows', async () => {
    const rig = new Rig();
    const a = rig.stack('a', 'audit');
    const b = rig.stack('b', 'audit');
    await a.deploy(auditProperties(ageThreshold('180')));
    await b.deploy(second);
    await a.deploy(auditProperties(ageThreshold('60')));
    await rig.adopters.audit.reconcile('b');
    const check = rig.account.audit.auditCheckConfigurations.DEVICE_CERTIFICATE_AGE_CHECK;
    expect(check?.configuration).toEqual({ CERT_AGE_THRESHOLD_IN_DAYS: '60' });
    await a.delete();
    await rig.adopters.audit.reconcile('b');
    await b.delete();
    expect(rig.account.audit.roleArn).toBeUndefined();
    expect(rig.account.audit.auditNotificationTargetConfigurations).toBeUndefined();
  });

  test('that both replace do not fight', async () => {
    const rig = new Rig();
    const a = rig.stack('a', 'audit');
    const b = rig.stack('b', 'audit');
    await a.deploy(auditProperties({ ReplaceExisting: 'true' }));
    await b.deploy({ ...second, ReplaceExisting: 'true' });
    expect(rig.account.audit.roleArn).toBe(OTHER_ROLE);
    await rig.adopters.audit.reconcile('a');
    const claims = [...rig.account.parameters];
    await rig.adopters.audit.reconcile('b');
    await rig.adopters.audit.reconcile('a');
    expect([...rig.account.parameters]).toEqual(claims);
    expect(rig.account.audit.roleArn).toBe(OTHER_ROLE);
  });

  test('that go at once still restore', async () => {
    const rig = new Rig();
    inUse(rig.account);
    const before = effective(rig.account);
    const stacks = [rig.stack('a', 'audit'), rig.stack('b', 'audit')];
    for (const stack of stacks) await stack.deploy(auditProperties(ageThreshold('180')));
    await Promise.all(stacks.map((stack) => stack.delete()));
    expect(effective(rig.account)).toEqual(before);
    expect(rig.account.parameters.size).toBe(0);
  });

  test('a resource under a new logical id takes over from the old one', async () => {
    const rig = new Rig();
    const old = rig.stack('a', 'audit', 'Old');
    const renamed = rig.stack('a', 'audit', 'Renamed');
    await old.deploy(auditProperties());
    const adopted = rig.account.settings();
    await renamed.deploy(auditProperties());
    await old.delete();
    expect(rig.account.settings()).toEqual(adopted);
    await renamed.delete();
    expect(rig.account.audit.roleArn).toBeUndefined();
  });

  test('a stack that waits for a role while reconciling is called again', async () => {
    const rig = new Rig();
    const a = rig.stack('a', 'audit');
    await a.deploy(auditProperties());
    await rig.stack('b', 'audit').deploy(second);
    await a.delete();
    rig.account.unknownRoles.add(OTHER_ROLE);
    await expect(rig.adopters.audit.reconcile('b')).rejects.toThrow('new role');
  });

  test('reconciling touches neither stacks that go nor what cannot be read', async () => {
    const rig = new Rig();
    const a = rig.stack('a', 'events');
    await a.deploy({ EventTypes: ['JOB'] });
    const [[name, text] = ['', '']] = rig.account.parameters;
    rig.account.parameters.set(name, JSON.stringify({ ...decodeClaim(text), wants: {} }));
    rig.account.parameters.set('/zero-trust-iot/account-settings/events/a/Broken', 'edited by hand');
    rig.calls.length = 0;
    await rig.adopters.events.reconcile('a');
    expect(rig.calls).toEqual(['GetParametersByPath']);
  });
});

describe('logging', () => {
  test('says more, never less, and keeps the role of others', async () => {
    const rig = new Rig();
    inUse(rig.account);
    rig.account.passableRoles = new Set([ROLE]);
    const stack = rig.stack('a', 'logging');
    await stack.deploy(loggingProperties());
    expect(rig.account.logging).toMatchObject({ roleArn: OTHER_ROLE, defaultLogLevel: 'WARN', disableAllLogs: false });
    await stack.delete();
    expect(rig.account.logging).toMatchObject({ roleArn: OTHER_ROLE, defaultLogLevel: 'ERROR' });
  });

  test('that somebody made say more since stays so', async () => {
    const rig = new Rig();
    inUse(rig.account);
    const stack = rig.stack('a', 'logging');
    await stack.deploy(loggingProperties());
    rig.account.logging!.defaultLogLevel = 'DEBUG';
    await stack.delete();
    expect(rig.account.logging?.defaultLogLevel).toBe('DEBUG');
  });

  test('is on although it was off, with our role', async () => {
    const rig = new Rig();
    inUse(rig.account);
    rig.account.logging!.disableAllLogs = true;
    const stack = rig.stack('a', 'logging');
    await stack.deploy(loggingProperties());
    expect(rig.account.logging).toMatchObject({ roleArn: ROLE, defaultLogLevel: 'WARN', disableAllLogs: false });
  });
});

describe('indexing', () => {
  test('is left on under dynamic groups, and the stack goes all the same', async () => {
    const rig = new Rig();
    const stack = rig.stack('a', 'indexing');
    await stack.deploy(indexingProperties());
    rig.account.dynamicGroups = 1;
    expect(await stack.delete()).toMatchObject({ kind: 'wait' });
    expect(await stack.delete({ attempts: 3 })).toEqual({ kind: 'done' });
    expect(rig.account.indexing.thingIndexingConfiguration.thingIndexingMode).toBe('REGISTRY');
    expect(rig.account.indexing.thingGroupIndexingConfiguration.thingGroupIndexingMode).toBe('OFF');
    expect(rig.lines).toContainEqual(expect.objectContaining({ keys: expect.stringContaining('thingIndexingMode') }));
  });

  test('is left on under something that somebody else indexed since', async () => {
    const rig = new Rig();
    const stack = rig.stack('a', 'indexing');
    await stack.deploy(indexingProperties());
    rig.account.indexing.thingIndexingConfiguration.customFields = [{ name: 'attributes.site', type: 'String' }];
    expect(await stack.delete()).toEqual({ kind: 'done' });
    expect(rig.account.indexing.thingIndexingConfiguration).toMatchObject({
      thingIndexingMode: 'REGISTRY',
      thingConnectivityIndexingMode: 'OFF',
      customFields: [{ name: 'attributes.site', type: 'String' }],
    });
  });

  test('what an update could not give back goes with the stack', async () => {
    const rig = new Rig();
    const stack = rig.stack('a', 'indexing');
    await stack.deploy(indexingProperties());
    rig.account.dynamicGroups = 1;
    await stack.deploy(indexingProperties({ ThingIndexingMode: 'OFF', ThingConnectivityIndexingMode: 'OFF' }));
    expect(rig.account.indexing.thingIndexingConfiguration.thingIndexingMode).toBe('REGISTRY');
    rig.account.dynamicGroups = 0;
    await stack.delete();
    expect(rig.account.indexing.thingIndexingConfiguration.thingIndexingMode).toBe('OFF');
  });
});

describe('a suppression', () => {
  test('of another finding replaces the one before', async () => {
    const rig = new Rig();
    const stack = rig.stack('a', 'suppression');
    const old = suppressionProperties();
    await stack.deploy(old);
    const next = suppressionProperties({ ResourceIdentifier: { account: '444455556666' } });
    const oldRequest = stack.request('Delete', old);
    await stack.deploy(next);
    expect(rig.account.suppressions.size).toBe(2);
    await rig.adopters.suppression.delete(oldRequest, undefined);
    expect([...rig.account.suppressions.keys()]).toEqual([
      JSON.stringify(['LOGGING_DISABLED_CHECK', { account: '444455556666' }]),
    ]);
  });

  test('that would have ended since is not brought back', async () => {
    const rig = new Rig();
    inUse(rig.account);
    const key = [...rig.account.suppressions.keys()][0] ?? '';
    rig.account.suppressions.set(key, {
      checkName: 'LOGGING_DISABLED_CHECK',
      resourceIdentifier: { account: '111122223333' },
      expirationDate: 1,
    });
    const stack = rig.stack('a', 'suppression');
    await stack.deploy(suppressionProperties());
    await stack.delete();
    expect(rig.account.suppressions.size).toBe(0);
  });
});

describe('faults', () => {
  test('that pass are left to the wait queue', async () => {
    const rig = new Rig();
    rig.faults.set('UpdateAccountAuditConfiguration', [new AwsFault('ThrottlingException')]);
    const stack = rig.stack('a', 'audit');
    await expect(stack.deploy(auditProperties())).rejects.toMatchObject({ name: 'ThrottlingException' });
    expect(await stack.deploy(auditProperties())).toMatchObject({ kind: 'done' });
  });

  test('another delivery that was faster is let through first', async () => {
    const rig = new Rig();
    const stack = rig.stack('a', 'events');
    const outcomes = await Promise.allSettled([
      stack.deploy({ EventTypes: ['JOB'] }),
      stack.deploy({ EventTypes: ['JOB'] }),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const rejected = outcomes.find((outcome) => outcome.status === 'rejected');
    expect(rejected?.reason).toMatchObject({ name: 'ServiceUnavailable' });
    await stack.deploy({ EventTypes: ['JOB'] });
    await stack.delete();
    expect(rig.account.events.JOB).toBe(false);
  });

  test('a claim that somebody edited stops everything, before anything is written', async () => {
    const rig = new Rig();
    const stack = rig.stack('a', 'events');
    await stack.deploy({ EventTypes: ['JOB'] });
    for (const name of rig.account.parameters.keys()) rig.account.parameters.set(name, '{}');
    await expect(stack.deploy({ EventTypes: ['THING'] })).rejects.toThrow('cannot be read');
    await expect(stack.delete()).rejects.toThrow('cannot be read');
    expect(rig.account.events).toMatchObject({ JOB: true, THING: false });
  });

  test('a claim of others that somebody edited is none', async () => {
    const rig = new Rig();
    rig.account.parameters.set('/zero-trust-iot/account-settings/events/b/Setting', 'edited');
    const stack = rig.stack('a', 'events');
    await stack.deploy({ EventTypes: ['JOB'] });
    await stack.delete();
    expect(rig.account.events.JOB).toBe(false);
  });

  test('properties that cannot be read fail, and are nothing to delete', async () => {
    const rig = new Rig();
    const stack = rig.stack('a', 'events');
    await expect(stack.deploy({})).rejects.toThrow('EventTypes must name an event type');
    expect(await rig.adopters.events.delete(stack.request('Delete', {}, 'x'), undefined)).toEqual({ kind: 'done' });
    expect(rig.calls).toEqual([]);
  });

  test('a resource of which nothing is remembered is nothing to delete', async () => {
    const rig = new Rig();
    const stack = rig.stack('a', 'events');
    stack.assume({ EventTypes: ['JOB'] });
    expect(await stack.delete()).toEqual({ kind: 'done' });
    expect(rig.calls).toEqual(['GetParametersByPath']);
  });
});
