import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type DataSet, numenta, skoltech } from '../../../bench/detection/datasets';
import { scores } from '../../../bench/detection/labelled';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'labelled-'));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** 1,000 datapoints between 10 and 14; 20 from 500 on and from 800 on, of which the first is labelled, a little wider. */
const data: DataSet = {
  name: 'made up',
  before: [],
  devices: [
    {
      name: 'a',
      times: Array.from({ length: 1_000 }, (_, at) => at),
      metrics: [
        {
          name: 'value',
          scatter: 'gauge',
          values: Array.from({ length: 1_000 }, (_, at) =>
            (at >= 500 && at < 510) || (at >= 800 && at < 810) ? 20 : 10 + (at % 5),
          ),
        },
      ],
      windows: [[490, 520]],
      labels: [495],
    },
  ],
};

describe('the score of a detector', () => {
  test('counts anomalies with an alarm, alarms that begin outside, and how long the first took', () => {
    const all = new Map(scores(data).map((score) => [score.detector, score]));
    // 850 datapoints after the first 15 %, 31 of them labelled.
    const perDay = Number((288 / 819).toFixed(3));
    expect(all.get('fixed threshold: the same, alarm after 1')).toMatchObject({
      anomalies: 1,
      found: 1,
      delay: 5,
      falseAlarmsPerDay: perDay,
      falseShare: 0.012,
      byChance: 0,
    });
    expect(all.get('rule: extremes of the first 15 %, alarm after 3')).toMatchObject({
      found: 1,
      delay: 7,
      falseAlarmsPerDay: perDay,
    });
    expect(all.get('z-score 5')).toMatchObject({ anomalies: 1 });
    expect(all.get('learned, LOW')).toMatchObject({ anomalies: 1 });
    expect([...all.keys()].slice(-3)).toEqual([
      expect.stringMatching(/^z-score [\d.]+, as quiet as learned, LOW$/),
      expect.stringMatching(/^z-score [\d.]+, as quiet as learned, MEDIUM$/),
      expect.stringMatching(/^z-score [\d.]+, as quiet as learned, HIGH$/),
    ]);
  });
});

describe('a copy of a benchmark', () => {
  test('of Numenta is read with its windows and labels', () => {
    const name = 'realAWSCloudwatch/ec2_network_in.csv';
    const folder = folderOf({
      'labels/combined_windows.json': JSON.stringify({
        [name]: [['2014-02-14 14:30:00.000000', '2014-02-14 14:35:00.000000']],
        'realTweets/x.csv': [],
      }),
      'labels/combined_labels.json': JSON.stringify({ [name]: ['2014-02-14 14:35:00'] }),
      [`data/${name}`]: 'timestamp,value\n2014-02-14 14:30:00,1.5\n2014-02-14 14:35:00,2\n',
    });
    const at = Date.UTC(2014, 1, 14, 14, 30) / 1_000;
    expect(numenta(folder).devices).toEqual([
      {
        name,
        times: [at, at + 300],
        metrics: [{ name: 'value', scatter: 'amount', values: [1.5, 2] }],
        windows: [[at, at + 300]],
        labels: [at + 300],
      },
    ]);
  });

  test('of Skoltech is read with all its sensors, and what was free of anomalies before', () => {
    const sensors = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'];
    const row = (second: number, flag: string) =>
      `2020-03-09 10:34:0${second};${sensors.map((_, at) => at + second).join(';')}${flag}`;
    const head = `datetime;${sensors.join(';')}`;
    const folder = folderOf({
      'data/anomaly-free/anomaly-free.csv': `${head}\n${row(0, '')}\n`,
      'data/valve1/0.csv': `${head};anomaly;changepoint\n${['0.0', '1.0', '1.0', '0.0', '1.0'].map((flag, at) => row(at, `;${flag};0.0`)).join('\n')}\n`,
      'data/valve2/note.txt': '',
      'data/other/1.csv': `${head};anomaly;changepoint\n${row(0, ';0.0;0.0')}\n`,
    });
    const { before, devices } = skoltech(folder);
    expect(before.map(({ metrics }) => metrics.map(({ values }) => values[0]))).toEqual([[0, 1, 2, 3, 4, 5, 6, 7]]);
    expect(devices.map(({ name, windows }) => [name, windows])).toEqual([
      [
        'data/valve1/0.csv',
        [
          [300, 600],
          [1_200, 1_200],
        ],
      ],
      ['data/other/1.csv', []],
    ]);
    expect(devices[0]?.metrics.map(({ name }) => name)).toEqual(sensors);
  });

  test('that is not there is said', () => expect(() => numenta('/nowhere/nab')).toThrow('/nowhere/nab does not exist'));
});
