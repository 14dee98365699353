import { decide, isAlive, MOST_RUNS, runsOf, versionOf } from '../../../lambda/keep-patch-job/decide';
import { parsePatchJob, type PatchJob } from '../../../lambda/keep-patch-job/event';

const GROUP = 'arn:aws:iot:eu-west-1:123456789012:thinggroup/quarantine';
const job = (values: Record<string, unknown> = {}) => ({
  Prefix: 'patch',
  ThingGroupArn: GROUP,
  Job: '{"document":"{}"}',
  ...values,
});

function parsed(values: Record<string, unknown> = {}): PatchJob {
  const result = parsePatchJob(job(values));
  if (!result.ok) throw new Error(result.reason);
  return result.value;
}

describe('properties', () => {
  test('are read', () => {
    const text = '{"document":"{}","timeoutConfig":{"inProgressTimeoutInMinutes":5}}';
    expect(parsed({ Job: text })).toEqual({
      prefix: 'patch',
      groupArn: GROUP,
      text,
      settings: { document: '{}', timeoutConfig: { inProgressTimeoutInMinutes: 5 } },
    });
    expect(parsed({ Prefix: 'p'.repeat(49) }).prefix).toHaveLength(49);
  });

  test.each([
    ['no prefix', { Prefix: undefined }, 'Prefix'],
    ['an empty prefix', { Prefix: '' }, 'Prefix'],
    ['a prefix that is no part of an id', { Prefix: 'a/b' }, 'Prefix'],
    ['a prefix that leaves no room', { Prefix: 'p'.repeat(50) }, 'Prefix'],
    ['no group', { ThingGroupArn: 7 }, 'ThingGroupArn'],
    ['the ARN of a thing', { ThingGroupArn: GROUP.replace('thinggroup', 'thing') }, 'ThingGroupArn'],
    ['no job', { Job: undefined }, 'Job'],
    ['a job that is not JSON', { Job: '{' }, 'Job'],
    ['a job that is null', { Job: 'null' }, 'Job'],
    ['a job without a document', { Job: '{"document":{}}' }, 'Job'],
  ])('fail for %s', (_name, values, word) => {
    expect(parsePatchJob(job(values))).toEqual({ ok: false, reason: expect.stringContaining(word) });
  });

  test.each([undefined, null, 'x', 7])('fail for %p', (raw) => expect(parsePatchJob(raw).ok).toBe(false));
});

describe('a version', () => {
  test('is the same for the same settings, and fits into the id of a job', () => {
    const version = versionOf(parsed({ Prefix: 'p'.repeat(49) }));
    expect(version).toMatch(/^p{49}-[0-9a-f]{12}$/);
    expect(versionOf(parsed({ Prefix: 'p'.repeat(49) }))).toBe(version);
    for (const id of runsOf(version)) expect(id).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    expect(new Set(runsOf(version)).size).toBe(MOST_RUNS);
    expect(runsOf(version)[0]).toBe(`${version}-1`);
  });

  test('is another one for another group, document or name', () => {
    const versions = [{}, { ThingGroupArn: `${GROUP}2` }, { Job: '{"document":"[]"}' }, { Prefix: 'other' }];
    expect(new Set(versions.map((values) => versionOf(parsed(values)))).size).toBe(4);
  });
});

describe('a job', () => {
  const run = (status: string, reason?: string) => ({ status, reason });
  test.each([
    ['is created where there is none', [], true, { kind: 'create', jobId: 'v-1' }],
    ['is kept while it runs', [run('IN_PROGRESS')], true, { kind: 'keep', jobId: 'v-1' }],
    ['is kept before it begins', [run('SCHEDULED')], false, { kind: 'keep', jobId: 'v-1' }],
    ['is kept behind others', [run('CANCELED', 'X'), run('IN_PROGRESS')], false, { kind: 'keep', jobId: 'v-2' }],
    ['is made again after it was replaced', [run('CANCELED', 'REPLACED')], false, { kind: 'create', jobId: 'v-2' }],
    ['is made again where the channel is new', [run('CANCELED')], true, { kind: 'create', jobId: 'v-2' }],
    ['is made again after it was deleted', [run('DELETION_IN_PROGRESS')], false, { kind: 'create', jobId: 'v-2' }],
    ['takes a number after the last', [undefined, run('COMPLETED')], false, { kind: 'create', jobId: 'v-3' }],
    ['stays stopped', [run('CANCELED', 'ABORTED')], false, { kind: 'stopped', jobId: 'v-1' }],
    ['stays stopped without a reason', [undefined, run('CANCELED')], false, { kind: 'stopped', jobId: 'v-2' }],
    ['has an end', Array(MOST_RUNS).fill(run('CANCELED', 'REPLACED')), false, { kind: 'exhausted' }],
  ])('%s', (_name, runs, isNew, expected) => expect(decide('v', runs, isNew)).toEqual(expected));

  test('is alive while it hands out its document', () => {
    expect(['IN_PROGRESS', 'SCHEDULED', 'CANCELED', 'COMPLETED'].map((status) => isAlive(run(status)))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(isAlive(undefined)).toBe(false);
  });
});
