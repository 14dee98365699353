import { describeFault, isTransient, lacksRights } from '../../../lambda/shared/faults';

const named = (name: string) => Object.assign(new Error('m'), { name });
const coded = (code: string) => Object.assign(new Error('m'), { code });
const status = (httpStatusCode: number) => Object.assign(new Error('m'), { $metadata: { httpStatusCode } });

test.each([
  named('ThrottlingException'),
  named('Throttling'),
  named('TooManyRequestsException'),
  named('InternalFailureException'),
  named('InternalServerException'),
  named('ServiceUnavailableException'),
  named('TimeoutError'),
  named('TooManyUpdates'),
  named('OperationAbortedException'),
  named('TransactionConflictException'),
  named('ReplicatedWriteConflictException'),
  coded('ECONNRESET'),
  coded('EAI_AGAIN'),
  status(429),
  status(503),
])('transient: %p', (error) => {
  expect(isTransient(error)).toBe(true);
  expect(lacksRights(error)).toBe(false);
});

test.each([named('AccessDeniedException'), named('UnauthorizedException'), named('ForbiddenException')])(
  'a right is missing: %p',
  (error) => {
    expect(lacksRights(error)).toBe(true);
    expect(isTransient(error)).toBe(false);
  },
);

test.each([
  named('InvalidRequestException'),
  coded('ENOENT'),
  status(400),
  status(403),
  new Error('Throttled?'),
  undefined,
  null,
  'x',
  5,
])('final: %p', (error) => {
  expect(isTransient(error)).toBe(false);
  expect(lacksRights(error)).toBe(false);
});

test.each([
  [named('GroupFull'), 'GroupFull: m'],
  [{ message: 'm' }, 'm'],
  [{ name: '', message: 'm' }, 'm'],
  ['text', 'text'],
  [undefined, 'something was thrown that is not an Error'],
  [Object.create(null), 'something was thrown that is not an Error'],
])('%p in words', (error, words) => {
  expect(describeFault(error)).toBe(words);
});
