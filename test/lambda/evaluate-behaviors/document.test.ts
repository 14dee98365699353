import { parseDocument } from '../../../lambda/evaluate-behaviors/document';
import { behavior, documentOf } from '../../support/stream';

const SENT = behavior({ metric: 'messages-sent', operator: 'atMost', threshold: 3, windowSeconds: 300 });
const topics = [{ id: 't1', filters: ['a/#'], excluded: false }];
const read = (more: object, one: object = {}) =>
  parseDocument(JSON.stringify({ ...documentOf([{ ...SENT, ...one }]), ...more }));

test('what the construct writes is read as it is', () => {
  const all = documentOf(
    [
      { ...SENT, on: 't1' },
      behavior({ metric: 'bytes-in', name: 'p', operator: 'atMost', percentile: 'p99.9', windowSeconds: 3_600 }),
      behavior({ metric: 'bytes-in', name: 'p100', operator: 'atMost', percentile: 'p100', windowSeconds: 600 }),
      behavior({ metric: 'disconnects', name: 'l', confidence: 'LOW' }),
      behavior({ metric: 'source-ip', operator: 'within', texts: [] }),
      behavior({ metric: 'own', customType: 'number-list', operator: 'notWithin', numbers: [1] }),
    ],
    { topics },
  );
  expect(parseDocument(JSON.stringify(all))).toEqual(all);
});

test.each<[string, object, object?]>([
  ['not version 1', { v: 2 }],
  ['no name of a detector', { detector: 7 }],
  ['no name of a detector', { detector: 'x'.repeat(61) }],
  ['no name of a detector', { detector: 'a b' }],
  ['no dry run', { dryRun: 'no' }],
  ['no dry run', { learnedDryRunSeconds: -1 }],
  ['not a selection of topics', { topics: [7] }],
  ['not a selection of topics', { topics: [{ id: 7, filters: [], excluded: true }] }],
  ['not a selection of topics', { topics: [{ id: 't', filters: [], excluded: 1 }] }],
  ['not a selection of topics', { topics: [{ id: 't', filters: 'a', excluded: true }] }],
  ['not a selection of topics', { topics: [{ id: 't', filters: [7], excluded: true }] }],
  ['not 1 to 1000 behaviors', { behaviors: [] }],
  ['not 1 to 1000 behaviors', { behaviors: 'x' }],
  ['a behavior without a name', { behaviors: [7] }],
  ['two behaviors of one name', { behaviors: [SENT, SENT] }],
  ['a behavior without a name', {}, { name: 'a b' }],
  ['a metric', {}, { metric: 'constructor' }],
  ['a metric', {}, { metric: 7 }],
  ['a metric', {}, { customType: 'text' }],
  ['a metric', {}, { customType: 'number', metric: 'a b' }],
  ['not one way to state the normal', {}, { threshold: undefined }],
  ['not one way to state the normal', {}, { percentile: 'p1' }],
  ['an operator', {}, { operator: 'equals' }],
  ['an operator', {}, { operator: undefined }],
  ['an operator', {}, { operator: 'within' }],
  ['an operator', {}, { threshold: undefined, numbers: [1] }],
  ['an operator', {}, { threshold: undefined, texts: ['a'], operator: 'atLeast' }],
  ['addresses without ranges', {}, { metric: 'source-ip' }],
  ['addresses without ranges', {}, { metric: 'own', customType: 'ip-address-list' }],
  ['a duration without a threshold', {}, { metric: 'disconnect-duration', threshold: undefined, percentile: 'p9' }],
  ['a threshold', {}, { threshold: '3' }],
  ['a percentile', {}, { threshold: undefined, percentile: 'p101' }],
  ['a percentile', {}, { threshold: undefined, percentile: 99 }],
  ['a confidence', {}, { threshold: undefined, confidence: 'SURE' }],
  ['a window', {}, { windowSeconds: 0 }],
  ['a window', {}, { windowSeconds: 450 }],
  ['a window', {}, { windowSeconds: '300' }],
  ['datapoints', {}, { datapointsToAlarm: 0 }],
  ['datapoints', {}, { datapointsToClear: 11 }],
  ['datapoints', {}, { datapointsToAlarm: 1.5 }],
  ['a severity', {}, { severity: 'high' }],
  ['a target', {}, { suppressed: 'no' }],
  ['a target', {}, { target: 7 }],
  ['topics that are not there', {}, { on: 't2' }],
])('fails for %s (%#)', (what, more, one = {}) =>
  expect(() => read(more, one)).toThrow(`the document of behaviors is not one: ${what}`),
);

test('fails for more behaviors than the function is made for', () => {
  const many = Array.from({ length: 1_001 }, () => SENT);
  expect(() => read({ behaviors: many })).toThrow('not 1 to 1000 behaviors');
});

test('fails for what is no JSON, or no object', () => {
  expect(() => parseDocument('{')).toThrow('JSON');
  expect(() => parseDocument('[]')).toThrow('not version 1');
});
