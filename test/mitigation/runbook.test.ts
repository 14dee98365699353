import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnThingGroup } from 'aws-cdk-lib/aws-iot';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { ENV as OPERATOR, ROUTES } from '../../lambda/operate-incident/contract';
import { MESSAGE } from '../../lambda/shared/incident/contract';
import { IncidentResponse } from '../../lib/mitigation/incident-response';
import { own, TOPIC, viaSns, violation } from '../lambda/shared/incident/messages';
import { testStack } from '../support/app';
import { BundledHandler } from '../support/bundled-handler';
import { referenceApp } from '../support/reference';
import { FLEET, QUARANTINE, ResponseRig } from '../support/response-rig';
import { ROOT } from '../support/sources';

const RUNBOOK = readFileSync(join(ROOT, 'docs/runbook.md'), 'utf8');
const TIME = Date.now() - 3_600_000;

function rowsBelow(heading: string): string[][] {
  const section = RUNBOOK.split(`## ${heading}\n`)[1]!.split('\n## ')[0]!;
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

function alarms(): string[] {
  const stack = testStack();
  const response = new IncidentResponse(stack, 'Response', {
    fleetGroups: [new CfnThingGroup(stack, 'Fleet', {})],
    quarantineGroup: new CfnThingGroup(stack, 'Quarantine', {}),
    alertTopic: new CfnTopic(stack, 'Alerts'),
  });
  return response.node
    .findAll()
    .filter((node) => CfnAlarm.isCfnResource(node) && node.cfnResourceType === 'AWS::CloudWatch::Alarm')
    .map(({ node }) => node.id);
}

const alarm = (thingName: string, values: object = {}) => own({ time: TIME, thingName, id: thingName, ...values });
const order = { by: 'ada', why: 'drill', time: TIME + 60_000 };

describe('what the runbook says to do about each alarm', () => {
  let rig: ResponseRig;
  let operators: BundledHandler;
  beforeAll(async () => {
    rig = await ResponseRig.start();
    operators = new BundledHandler('operate-incident', {
      ...rig.aws.environment(),
      [OPERATOR.table]: 'incidents',
      [OPERATOR.taskQueue]: `${rig.aws.url}/1/look`,
      [OPERATOR.releaseQueue]: `${rig.aws.url}/1/release`,
    });
  });
  afterAll(async () => {
    await operators.stop();
    await rig.stop();
  });
  beforeEach(() => rig.reset());

  async function operate(routeKey: string, body?: object) {
    const requestContext = { authorizer: { iam: { userArn: 'arn:aws:sts::1:assumed-role/soc/ada' } } };
    const answer = await operators.invoke({ routeKey, requestContext, body: body && JSON.stringify(body) });
    const { statusCode, body: text } = answer as { statusCode: number; body: string };
    const answered: Record<string, unknown> = { status: statusCode, ...(JSON.parse(text) as object) };
    return answered;
  }
  const incident = (name: string) => rig.incidents.incident(name);

  /** Twice the same message: the second time nothing changes. */
  async function harmlessTwice(message: object, queue: string): Promise<void> {
    await rig.deliver([message], queue);
    const before = JSON.stringify([incident('pump-7'), rig.groupsOf('pump-7')]);
    expect(await rig.deliver([message], queue, 2)).toEqual([]);
    expect(JSON.stringify([incident('pump-7'), rig.groupsOf('pump-7')])).toBe(before);
  }

  async function held(): Promise<void> {
    for (const name of ['a', 'b', 'c']) {
      rig.thing(name, [FLEET, 'protected']);
      await rig.deliver([alarm(name)]);
    }
    expect((await operate('GET /held')).held).toHaveLength(3);
  }

  async function isolated(): Promise<void> {
    rig.thing('pump-7');
    await rig.deliver([alarm('pump-7')]);
    rig.pending = [];
  }

  const DRILLS: Record<string, () => Promise<void>> = {
    SignalsRefused: async () => {
      rig.thing('pump-7');
      await rig.deliver([viaSns(TOPIC.detect, violation({ violationEventTime: 'soon' }))]);
      expect(rig.refused).toMatchObject([{ reason: 'detect: no time' }]);
      expect(rig.groupsOf('pump-7')).toContain(FLEET);
      await rig.deliver([rig.refused[0]!.body.replace('\\"soon\\"', String(TIME))]);
      expect(incident('pump-7')).toMatchObject({ state: 'isolated' });
    },
    DeadLetters: async () => {
      rig.thing('pump-7').fleet.groups.delete(QUARANTINE);
      expect(await rig.deliver([alarm('pump-7')])).toEqual(['m0']);
      rig.fleet.groups.add(QUARANTINE);
      expect(await rig.deliver([alarm('pump-7')])).toEqual([]);
      expect(incident('pump-7')).toMatchObject({ state: 'isolated' });
    },
    SignalsLate: async () => {
      rig.thing('pump-7');
      await harmlessTwice(alarm('pump-7'), 'signals');
    },
    LockOutsLate: async () => {
      await isolated();
      await rig.deliver([alarm('pump-7', { id: 'doubt', kind: 'identity' })]);
      await harmlessTwice({ schema: MESSAGE.lockOut, subject: 'pump-7', episode: 1 }, 'slow');
    },
    ReleasesLate: async () => {
      await isolated();
      await harmlessTwice({ schema: MESSAGE.release, subject: 'pump-7', episode: 1, ...order }, 'release');
    },
    LooksLate: async () => {
      await isolated();
      await harmlessTwice({ schema: MESSAGE.look, subject: 'pump-7', episode: 1 }, 'look');
    },
    IncidentsHeld: async () => {
      await held();
      await operate('POST /isolate', { subject: 'a', why: 'drill' });
      await rig.drain();
      expect(incident('a')).toMatchObject({ state: 'isolated' });
      await operate('POST /release', { allHeld: true, why: 'a wrong rule' });
      await rig.drain();
      expect(['b', 'c'].map((name) => incident(name)?.state)).toEqual(['released', 'released']);
      rig.reset();
      await held();
      await operate('POST /isolate', { allHeld: true, why: 'drill' });
      await rig.drain();
      expect(['a', 'b', 'c'].map((name) => incident(name)?.state)).toEqual(['isolated', 'isolated', 'isolated']);
    },
    SecondLooksConnected: async () => {
      await isolated();
      rig.fleet.sessions.set('pump-7', 1);
      await rig.deliver([{ schema: MESSAGE.look, subject: 'pump-7', episode: 1 }]);
      expect(rig.fleet.sessions.has('pump-7')).toBe(false);
      await operate('POST /isolate', { subject: 'pump-7', why: 'it comes back', response: 'lockOut' });
      await rig.drain();
      expect(incident('pump-7')).toMatchObject({ state: 'isolated', response: 'lockOut' });
    },
    SecondLooksDrifted: async () => {
      await isolated();
      rig.fleet.things.get('pump-7')!.groups = [FLEET];
      await rig.deliver([{ schema: MESSAGE.look, subject: 'pump-7', episode: 1 }]);
      expect(rig.groupsOf('pump-7')).toEqual([QUARANTINE]);
    },
    ReleaseIncomplete: async () => {
      await isolated();
      rig.fleet.groups.delete(FLEET);
      await operate('POST /release', { subject: 'pump-7', why: 'drill' });
      await rig.drain();
      expect(incident('pump-7')).toMatchObject({ state: 'released', notRestored: [`group ${FLEET}: not found`] });
    },
    RecorderFailing: async () => {
      await isolated();
      const [item] = rig.incidents.items.values();
      const write = [{ eventName: 'INSERT', dynamodb: { NewImage: item } }];
      const recorder = new BundledHandler('record-incident', {
        ...rig.aws.environment(),
        EVIDENCE_BUCKET: 'evidence',
        PARTITION: 'aws',
        OPERATOR_URL: 'https://api.example.com',
      });
      // No bucket, no event: the pipe keeps the write and gives it to the function again.
      await expect(recorder.invoke(write)).rejects.toThrow();
      await recorder.stop();
    },
    Silent: async () => {
      rig.thing('pump-test');
      expect(await rig.deliver([{ schema: MESSAGE.heartbeat }])).toEqual([]);
      await operate('POST /isolate', { subject: 'pump-test', why: 'is it alive?' });
      await rig.drain();
      expect(incident('pump-test')).toMatchObject({ state: 'isolated' });
    },
  };

  test.each(Object.entries(DRILLS))('%s', (_alarm, drill) => drill());

  test('every alarm of the template is drilled', () => expect(Object.keys(DRILLS).sort()).toEqual(alarms().sort()));
});

test('the runbook has each alarm once, with what it means and what to do, and no other', () => {
  const rows = rowsBelow('Alarms');
  const named = rows.map(([name]) => /^`(\w+)`$/.exec(name!)?.[1]);
  expect(named.filter((name) => alarms().includes(String(name))).sort()).toEqual(alarms().sort());
  for (const [, meaning, todo] of rows) {
    expect(meaning!.length).toBeGreaterThan(20);
    expect(todo!.length).toBeGreaterThan(5);
  }
});

test('the runbook has each request that the entry knows', () => {
  const requests = rowsBelow('Orders').map(([request]) => request!.replaceAll('`', ''));
  expect(new Set(requests)).toEqual(new Set(Object.values(ROUTES)));
});

test('every alarm of the reference app is explained, in the runbook or, for the stream engine, beside it', () => {
  const detection = readFileSync(join(ROOT, 'docs/detection.md'), 'utf8');
  const named = (text: string) =>
    [...text.matchAll(/^\| ((?:`\w+`(?:, )?)+)/gm)].flatMap(([, cell]) => cell!.replaceAll('`', '').split(', '));
  const section = (heading: string) => named(RUNBOOK.split(`## ${heading}\n`)[1]!.split('\n## ')[0]!);
  const places: [RegExp, string[]][] = [
    [/\/Enrollment\//, section('Enrollment')],
    [/\/Response\//, section('Alarms')],
    [/\/(Proof|Tunnels)\//, section('Repair and return')],
    [/\/Detection-/, named(detection)],
  ];
  const unexplained = referenceApp()
    .app.node.findAll()
    .filter((node) => CfnAlarm.isCfnResource(node) && node.cfnResourceType === 'AWS::CloudWatch::Alarm')
    .filter(({ node: { id, path } }) => {
      const [, names] = places.find(([where]) => where.test(path)) ?? [];
      return names?.includes(id.replace(/Alarm$/, '')) !== true;
    });
  expect(unexplained.map(({ node }) => node.path)).toEqual([]);
});

test('every alarm of the reference app says what is wrong, and where it stands what to do', () => {
  const alarms = referenceApp()
    .app.node.findAll()
    .filter((node) => CfnAlarm.isCfnResource(node) && node.cfnResourceType === 'AWS::CloudWatch::Alarm') as CfnAlarm[];
  const { files } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { files: string[] };
  expect(alarms.length).toBeGreaterThan(20);
  for (const { node, alarmDescription } of alarms) {
    const [, what, page, name] = /^(.{20,}[^.])\. What to do: (docs\/\S+) of cdk-iot-zero-trust, (\w+)\.$/.exec(
      alarmDescription ?? '',
    )!;
    expect(what).toBeDefined();
    expect(node.id.replace(/Alarm$/, '')).toBe(name);
    expect(files).toContain(page);
    expect(readFileSync(join(ROOT, page!), 'utf8')).toContain(`\`${name}\``);
  }
});
