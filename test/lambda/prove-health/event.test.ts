import fc from 'fast-check';
import { parseProof } from '../../../lambda/prove-health/event';
import { TIME } from '../shared/incident/messages';

const parse = (message: unknown) => parseProof(JSON.stringify(message));
const certificateId = 'ab'.repeat(32);
const incident = (detail: unknown) => ({ 'detail-type': 'Incident State Change', source: 'zero-trust-iot', detail });
const reminder = (values: object = {}) => ({
  schema: 'zero-trust-iot/proof@1',
  subject: 'pump-7',
  watch: 2,
  due: TIME,
  ...values,
});

test.each([
  ['an incident', incident({ thingName: 'pump-7' }), { kind: 'look', subject: 'pump-7' }],
  ['an incident of an identity', incident({ certificateId }), { kind: 'nothing' }],
  [
    'a job execution',
    { eventType: 'JOB_EXECUTION', thingArn: 'arn:aws-cn:iot:cn-north-1:123456789012:thing/a:b' },
    { kind: 'look', subject: 'a:b' },
  ],
  ['the end of a job', { eventType: 'JOB', operation: 'canceled', jobId: 'j-1' }, { kind: 'stopped', jobId: 'j-1' }],
  ['another word on a job', { eventType: 'JOB', operation: 'deletion_in_progress' }, { kind: 'nothing' }],
  ['a reminder', reminder(), { kind: 'remind', subject: 'pump-7', watch: 2, due: TIME }],
  ['a first reminder', reminder({ watch: 0 }), { kind: 'remind', subject: 'pump-7', watch: 0, due: TIME }],
])('%s is read', (_name, message, value) => expect(parse(message)).toEqual({ ok: true, value }));

test.each([
  ['a list', [1], 'not a JSON object'],
  ['another schema', { schema: 'x' }, 'not a schema'],
  ['an incident of another source', { ...incident({ thingName: 'a' }), source: 'mine' }, 'not a schema'],
  ['another event of the source', { ...incident({ thingName: 'a' }), 'detail-type': 'x' }, 'not a schema'],
  ['an incident of nothing', incident(undefined), 'not of a device'],
  ['an incident of a bad name', incident({ thingName: 'a/b' }), 'not of a device'],
  ['an execution without a thing', { eventType: 'JOB_EXECUTION' }, 'not of a thing'],
  ['an execution of a bad thing', { eventType: 'JOB_EXECUTION', thingArn: 'x:thing/a b' }, 'not of a thing'],
  ['a job without an id', { eventType: 'JOB', operation: 'canceled' }, 'not an id'],
  ['a job with a bad id', { eventType: 'JOB', operation: 'canceled', jobId: 'a/b' }, 'not an id'],
  ['a job with a long id', { eventType: 'JOB', operation: 'canceled', jobId: 'a'.repeat(65) }, 'not an id'],
  ['a reminder of nothing', reminder({ subject: 'a b' }), 'not of an incident'],
  ['a reminder without a count', reminder({ watch: -1 }), 'not of an incident'],
  ['a reminder without a time', reminder({ due: 'soon' }), 'not of an incident'],
])('%s is refused with a reason', (_name, message, reason) =>
  expect(parse(message)).toEqual({ ok: false, reason: expect.stringContaining(reason) }),
);

test('any text is read or refused, and a subject is always a name', () => {
  const odd = fc.oneof(fc.string({ unit: 'binary' }), fc.json());
  const near = fc
    .record({ eventType: fc.constantFrom('JOB', 'JOB_EXECUTION'), thingArn: fc.string(), operation: fc.string() })
    .map((value) => JSON.stringify(value));
  fc.assert(
    fc.property(fc.oneof(odd, near), (body) => {
      const parsed = parseProof(body);
      return !parsed.ok || !('subject' in parsed.value) || /^[a-zA-Z0-9:_/-]{1,140}$/.test(parsed.value.subject);
    }),
    { numRuns: 1_000 },
  );
});
