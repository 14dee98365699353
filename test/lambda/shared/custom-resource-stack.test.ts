import { ADOPT_ACCOUNT_SETTINGS, SETTING_TYPES } from '../../../lambda/adopt-account-settings/contract';
import { type Answer, CustomResourceStack, type Properties } from '../../support/custom-resource-stack';
import { FakeAccount } from '../../support/fake-account';
import { AwsFault, type Route } from '../../support/fake-aws';
import { FakeDynamoTable } from '../../support/fake-dynamo';
import { FakeIotPolicies } from '../../support/fake-iot-policies';
import { FakeJobs } from '../../support/fake-jobs';
import { FakeThings } from '../../support/fake-things';
import { properties as groupPolicies } from '../../support/group-policies-rig';
import { auditProperties, indexingProperties, loggingProperties } from '../adopt-account-settings/properties';

/** One family of custom resources and its part of AWS, as new. */
interface Family {
  readonly handler: string;
  readonly type: string;
  readonly routes: readonly Route[];
  /** What the resource is for, to be compared. */
  readonly state: () => unknown;
  readonly first: Properties;
  readonly second: Properties;
  /** Properties that cannot be acted on, and what the reason must name. */
  readonly wrong: readonly (readonly [Properties, string])[];
  readonly files?: Readonly<Record<string, string>>;
  /** What deletion gives back; by default all of the state. */
  readonly givenBack?: () => unknown;
}

function attachments(): Family {
  const iot = new FakeIotPolicies().group('fleet').group('fleet-2');
  for (const name of ['A', 'B', 'D', 'E']) iot.policy(name);
  return {
    handler: 'attach-group-policies',
    type: 'Custom::IotGroupPolicies',
    routes: iot.routes,
    state: () => [...iot.attachments].sort(),
    first: groupPolicies('fleet', 'D- A'),
    second: groupPolicies('fleet-2', 'E- B', 'true'),
    wrong: [
      [{ ...groupPolicies('fleet', 'D- A'), ThingGroupName: '' }, 'ThingGroupName'],
      [{ ...groupPolicies('fleet', 'D- A'), ThingGroupName: 'fleet-2' }, 'ThingGroupArn'],
      [groupPolicies('fleet', 'D- A B'), 'Policies'],
      [{ ...groupPolicies('fleet', 'D- A'), Policies: [{ Denies: true }] }, 'Policies'],
      [{}, 'ThingGroupName'],
      [groupPolicies('fleet', 'gone'), "no policy 'gone'"],
    ],
  };
}

function account(type: string, first: Properties, second: Properties, wrong: Family['wrong']): Family {
  const fake = new FakeAccount();
  // The account logged and indexed before the stack came.
  fake.logging = { roleArn: 'before', defaultLogLevel: 'ERROR', disableAllLogs: false, eventConfigurations: [] };
  Object.assign(fake.indexing.thingIndexingConfiguration, {
    thingIndexingMode: 'REGISTRY',
    thingConnectivityIndexingMode: 'OFF',
    deviceDefenderIndexingMode: 'OFF',
    namedShadowIndexingMode: 'OFF',
    customFields: [],
  });
  Object.assign(fake.indexing.thingGroupIndexingConfiguration, { customFields: [] });
  const state = () => fake.settings();
  return { handler: ADOPT_ACCOUNT_SETTINGS, type, routes: fake.routes, state, first, second, wrong };
}

function logGroup(): Family {
  const groups = new Set<string>();
  const act: Route['act'] = ({ logGroupName }) => {
    if (groups.has(String(logGroupName))) throw new AwsFault('ResourceAlreadyExistsException');
    groups.add(String(logGroupName));
    return {};
  };
  return {
    handler: 'ensure-log-group',
    type: 'Custom::IotLogGroup',
    routes: [{ operation: 'CreateLogGroup', match: 'Logs_20140328.CreateLogGroup', act }],
    state: () => groups.has('AWSIotLogsV2'),
    first: { LogGroupName: 'AWSIotLogsV2' },
    second: { LogGroupName: 'AWSIotLogsV3' },
    wrong: [
      [{}, 'LogGroupName'],
      [{ LogGroupName: 'ä' }, 'LogGroupName'],
    ],
    // It belongs to the account and holds what others logged.
    givenBack: () => 'nothing',
  };
}

function allowList(): Family {
  const table = new FakeDynamoTable('serial').put('USED', { listed: { BOOL: true }, claimedBy: { S: 'x' } });
  const first = { TableName: 'serials', Bucket: 'assets', Key: 'first.txt', Count: 3 };
  return {
    handler: 'import-allow-list',
    type: 'Custom::IotAllowList',
    routes: table.routes,
    state: () => [...table.items.values()].sort((a, b) => String(a.serial?.S).localeCompare(String(b.serial?.S))),
    first,
    second: { ...first, Key: 'second.txt', Count: 2 },
    files: { '/assets/first.txt': 'A\nB\nUSED\n', '/assets/second.txt': 'B\nC\n', '/assets/cut.txt': 'A\nB' },
    wrong: [
      [{ ...first, Count: 'three' }, 'Count'],
      [{ ...first, Count: 4 }, '3 serials, expected 4'],
      [{ ...first, Bucket: '' }, 'Bucket'],
      [{ ...first, Key: 'cut.txt' }, 'cut short'],
      [{}, 'Count'],
    ],
    // It is the record of who was enrolled.
    givenBack: () => 'nothing',
  };
}

function patchJob(): Family {
  const jobs = new FakeJobs();
  const job = (document: object) => JSON.stringify({ document: JSON.stringify(document) });
  const first = {
    Prefix: 'patch',
    ThingGroupArn: FakeIotPolicies.groupArn('quarantine'),
    Job: job({ version: '1.0' }),
  };
  return {
    handler: 'keep-patch-job',
    type: 'Custom::IotPatchJob',
    routes: jobs.routes,
    state: () => jobs.alive(),
    first,
    second: { ...first, Job: job({ version: '2.0' }) },
    wrong: [
      [{ ...first, Prefix: 'a b' }, 'Prefix'],
      [{ ...first, ThingGroupArn: 'quarantine' }, 'ThingGroupArn'],
      [{ ...first, Job: '{"document":' }, 'Job'],
      [{ ...first, Job: '[]' }, 'Job'],
      [{}, 'Prefix'],
    ],
  };
}

function device(): Family {
  const fake = new FakeThings();
  for (const group of ['gateways', 'bastions']) fake.groups.add(group);
  for (const name of ['gw-1', 'gw-2']) fake.thing(name);
  const first = {
    ThingName: 'gw-1',
    ThingGroupName: 'gateways',
    ThingTypeName: 'gw',
    Attributes: { site: 7, a: true },
  };
  return {
    handler: 'register-device',
    type: 'Custom::IotDevice',
    routes: fake.routes,
    state: () => structuredClone(fake.things.get('gw-1')),
    // The thing itself goes next.
    givenBack: () => [...(fake.things.get('gw-1')?.groups ?? [])],
    first,
    second: { ThingName: 'gw-1', ThingGroupName: 'bastions', Attributes: { site: 8, b: 'x' } },
    wrong: [
      [{ ...first, ThingGroupName: '' }, 'ThingGroupName'],
      [{ ...first, ThingTypeName: '' }, 'ThingTypeName'],
      [{ ...first, Attributes: ['a'] }, 'Attributes'],
      [{ ...first, Attributes: { a: ['b'] } }, 'attribute a'],
      [{}, 'ThingName'],
      [{ ...first, ThingGroupName: 'nowhere' }, 'name one that exists'],
    ],
  };
}

const FAMILIES: readonly [string, () => Family][] = [
  ['attachments', attachments],
  [
    'audit',
    () =>
      account(SETTING_TYPES.audit, auditProperties(), auditProperties({ CheckNames: ['LOGGING_DISABLED_CHECK'] }), [
        [auditProperties({ CheckNames: 'all' }), 'CheckNames'],
        [auditProperties({ ReplaceExisting: 'maybe' }), 'ReplaceExisting'],
        [{}, 'RoleArn'],
      ]),
  ],
  [
    'logging',
    () =>
      account(SETTING_TYPES.logging, loggingProperties(), loggingProperties({ DefaultLogLevel: 'DEBUG' }), [
        [loggingProperties({ DefaultLogLevel: 'LOUD' }), 'DefaultLogLevel'],
        [{}, 'RoleArn'],
      ]),
  ],
  [
    'indexing',
    () =>
      account(SETTING_TYPES.indexing, indexingProperties(), indexingProperties({ ThingGroupIndexingMode: 'OFF' }), [
        [indexingProperties({ ThingIndexingMode: 'ALL' }), 'ThingIndexingMode'],
      ]),
  ],
  [
    'events',
    () =>
      account(SETTING_TYPES.events, { EventTypes: ['JOB'] }, { EventTypes: ['POLICY', 'JOB'] }, [
        [{ EventTypes: 'JOB' }, 'EventTypes'],
      ]),
  ],
  ['log group', logGroup],
  ['allow-list', allowList],
  ['patch job', patchJob],
  ['device', device],
];

describe.each(FAMILIES)('%s, as CloudFormation drives it', (_, make) => {
  let family: Family;
  let stack: CustomResourceStack;
  let untouched: unknown;
  const givenBack = () => (family.givenBack ?? family.state)();

  beforeEach(async () => {
    family = make();
    untouched = givenBack();
    stack = await CustomResourceStack.start(family.handler, family.type, family.routes);
    for (const [path, text] of Object.entries(family.files ?? {})) stack.files.set(path, text);
  });
  afterEach(() => stack.stop());

  /** The stack goes, and with it all that is not to outlive it. */
  const goes = async () => {
    expect(await stack.delete()).toMatchObject({ Status: 'SUCCESS' });
    expect(givenBack()).toEqual(untouched);
  };

  test('an update with wrong properties fails with what is wrong, and is rolled back to what was', async () => {
    expect(await stack.create(family.first)).toMatchObject({ Status: 'SUCCESS' });
    const before = family.state();
    for (const [properties, named] of family.wrong) {
      const { answer, rolledBack } = await stack.update(properties);
      expect(answer).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining(named) });
      expect({ named, rolledBack }).toMatchObject({ rolledBack: { Status: 'SUCCESS' } });
      expect(family.state()).toEqual(before);
    }
    await goes();
  });

  test('a creation with wrong properties fails, and what came of it can be deleted', async () => {
    for (const [properties] of family.wrong) {
      expect(await stack.create(properties)).toMatchObject({ Status: 'FAILED' });
      await goes();
    }
  });

  test('an update that is rolled back since something else failed is undone, as often as it is tried', async () => {
    await stack.create(family.first);
    const before = family.state();
    for (let round = 0; round < 2; round += 1) {
      const { answer, rolledBack } = await stack.update(family.second, true);
      expect([answer, rolledBack]).toMatchObject([{ Status: 'SUCCESS' }, { Status: 'SUCCESS' }]);
      expect(family.state()).toEqual(before);
    }
    await stack.update(family.second);
    await stack.update(family.first);
    if (family.handler !== 'keep-patch-job') expect(family.state()).toEqual(before);
    await goes();
  });

  test('what was never made, or is gone already, can be deleted twice', async () => {
    expect(await stack.send('Delete', family.first)).toMatchObject({ Status: 'SUCCESS' });
    await stack.create(family.first);
    await goes();
    await goes();
  });

  test('an answer that is lost is given again, and the request changes nothing more', async () => {
    await stack.create(family.first);
    const before = family.state();
    await stack.delete();
    let lost = 0;
    const lose = (): void => {
      lost = 0;
      stack.aws.trouble = ({ operation }) =>
        // All four tries of a first delivery, so that the request itself comes again.
        operation === 'Answer' && (lost += 1) <= 4 ? { after: 'nothing', then: 'drop' } : undefined;
    };
    lose();
    const created = await stack.create(family.first);
    expect(created).toMatchObject({ Status: 'SUCCESS' });
    if (family.handler !== 'keep-patch-job') expect(family.state()).toEqual(before);
    lose();
    expect(await stack.delete()).toMatchObject({ Status: 'SUCCESS' });
    expect(lost).toBeGreaterThan(4);
  });

  test('each call may be throttled once, and the first for a while', async () => {
    const throttled = { after: 'nothing', then: new AwsFault('ThrottlingException', 'slow down') } as const;
    await stack.create(family.first);
    const before = family.state();
    await stack.delete();
    const seen = new Map<string, number>();
    stack.aws.trouble = ({ operation }) => {
      const times = (seen.get(operation) ?? 0) + 1;
      seen.set(operation, times);
      const first = [...seen.keys()][0] === operation;
      return operation !== 'Answer' && times <= (first ? 6 : 1) ? throttled : undefined;
    };
    expect(await stack.create(family.first)).toMatchObject({ Status: 'SUCCESS' });
    if (family.handler !== 'keep-patch-job') expect(family.state()).toEqual(before);
    seen.clear();
    expect(await stack.delete()).toMatchObject({ Status: 'SUCCESS' });
  });

  test('an update that is cancelled while it waits does nothing after what undid it', async () => {
    await stack.create(family.first);
    const before = family.state();
    const throttled = { after: 'nothing', then: new AwsFault('ThrottlingException', 'slow down') } as const;
    const wait = () => {
      stack.aws.trouble = ({ operation }) => (operation === 'SendMessage' ? undefined : throttled);
    };
    const { waited, answers, rolledBack, states } = await stack.cancel(family.second, wait, family.state);
    expect({ waited, answers }).toMatchObject({ waited: 1, answers: [{ Status: 'SUCCESS' }] });
    expect(states).toEqual([rolledBack, rolledBack]);
    if (family.handler !== 'keep-patch-job') expect(rolledBack).toEqual(before);
    await goes();
  });

  test('an answer is never longer than CloudFormation takes', async () => {
    const wrong = family.wrong[0]![0];
    const long = Object.fromEntries(Object.keys(family.first).map((name) => [name, 'ä"\\'.repeat(4_000)]));
    const answers: Answer[] = [await stack.create(long), await stack.create({ ...wrong, [`${'x'.repeat(9_000)}`]: 1 })];
    for (const answer of answers) {
      expect(answer.Status).toBe('FAILED');
      expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThanOrEqual(4_096);
    }
  });
});

test.each([
  ['A', 'B'],
  ['D- A', 'E- B'],
  ['A B', 'A'],
])('policies of a group from %s to %s, cancelled while the old ones settle, stay as they were', async (from, to) => {
  const family = attachments();
  const stack = await CustomResourceStack.start(family.handler, family.type, family.routes);
  try {
    await stack.create(groupPolicies('fleet', from));
    const before = family.state();
    const { waited, states } = await stack.cancel(groupPolicies('fleet', to), () => undefined, family.state);
    expect({ waited, states }).toEqual({ waited: 1, states: [before, before] });
  } finally {
    await stack.stop();
  }
});
