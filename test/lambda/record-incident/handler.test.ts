import { ENV } from '../../../lambda/record-incident/contract';
import { BundledHandler } from '../../support/bundled-handler';
import { AwsFault, FakeAws } from '../../support/fake-aws';
import { TIME } from '../shared/incident/messages';
import { change } from './samples';

describe('the bundled recorder', () => {
  const objects = new Map<string, unknown>();
  const published: string[] = [];
  let aws: FakeAws;
  let recorder: BundledHandler;
  beforeAll(async () => {
    aws = await FakeAws.start([
      {
        operation: 'PutObject',
        format: 'xml',
        match: 'PUT /evidence/incidents/{subject}/{episode}/{file}',
        act: ({ subject, episode, file, ...body }) => {
          const key = [subject, episode, file].join('/');
          if (objects.has(key)) throw new AwsFault('PreconditionFailed', 'it exists', 412);
          objects.set(key, body);
          return {};
        },
      },
      {
        operation: 'Publish',
        match: 'Publish',
        format: 'xml',
        act: ({ TopicArn, Subject }) => {
          published.push(`${String(TopicArn)} ${String(Subject)}`);
          return {};
        },
      },
    ]);
    recorder = new BundledHandler('record-incident', {
      ...aws.environment(),
      [ENV.bucket]: 'evidence',
      [ENV.alertTopic]: 'arn:aws:sns:eu-west-1:123456789012:alerts',
      [ENV.partition]: 'aws',
      [ENV.operatorUrl]: 'https://api.example.com',
    });
  });
  afterAll(async () => {
    await recorder.stop();
    await aws.stop();
  });

  test('keeps every write once, and passes on transitions', async () => {
    const records = [
      change({ version: 1, state: 'isolating' }),
      change({ version: 2 }, { state: 'isolating' }),
      change({}, {}),
    ];
    const events = (await recorder.invoke(records)) as { state: string }[];
    expect(events.map(({ state }) => state)).toEqual(['isolating', 'isolated']);
    const again = (await recorder.invoke(records)) as unknown[];
    expect(again).toHaveLength(2);
    const folder = 'pump:7/2-20261122T120000000Z';
    expect([...objects.keys()]).toEqual([
      `${folder}/000001-isolating.json`,
      `${folder}/000002-isolated.json`,
      `${folder}/000003-isolated.json`,
    ]);
    const alert = 'arn:aws:sns:eu-west-1:123456789012:alerts IoT incident: Device pump:7 isolated';
    expect(published).toEqual([alert, alert]);
  });

  test('keeps an incident that is counted from one again, since the records before it have expired', async () => {
    objects.clear();
    const first = { episode: 1, version: 1, state: 'isolating' } as const;
    await recorder.invoke([change(first), change({ ...first, openedAt: TIME + 500 * 86_400_000 })]);
    expect(objects.size).toBe(2);
  });

  test('fails when the evidence cannot be kept, so that the write comes again', async () => {
    aws.trouble = () => ({ after: 'nothing', then: new AwsFault('AccessDenied', 'no', 403) });
    await expect(recorder.invoke([change({ version: 8 })])).rejects.toThrow('AccessDenied');
    aws.trouble = () => undefined;
    await expect(recorder.invoke(change({ version: 8 }))).resolves.toHaveLength(1);
  });
});
