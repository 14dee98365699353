import * as fc from 'fast-check';
import { parseEvent, parseWaiting } from '../../../lambda/shared/custom-resource-event';

const request = {
  RequestType: 'Create',
  RequestId: 'r',
  ResponseURL: 'https://example.com',
  StackId: 's',
  LogicalResourceId: 'l',
  ResourceType: 'Custom::X',
  ResourceProperties: { A: '1' },
};

test('a request of CloudFormation passes as it is', () => {
  expect(parseEvent(request)).toEqual({ kind: 'request', request });
});

test('a request without properties has none', () => {
  expect(parseEvent({ ...request, ResourceProperties: undefined })).toEqual({
    kind: 'request',
    request: { ...request, ResourceProperties: {} },
  });
});

test.each(['RequestId', 'ResponseURL', 'StackId', 'LogicalResourceId', 'ResourceType'])(
  'fails for a request without %s: it could not be answered',
  (name) => {
    expect(() => parseEvent({ ...request, [name]: undefined })).toThrow(`no ${name}`);
  },
);

test.each(['create', undefined, 'toString'])('fails for the request type %p', (RequestType) => {
  expect(() => parseEvent({ ...request, RequestType })).toThrow('RequestType is not Create, Update or Delete');
});

test.each([null, undefined, 3, 'x', []])('fails for %p', (raw) => {
  expect(() => parseEvent(raw)).toThrow('not a request of CloudFormation');
});

test('an SQS event is its messages, with nothing else of SQS', () => {
  expect(parseEvent({ Records: [{ messageId: 'm', body: 'b', receiptHandle: 'h' }] })).toEqual({
    kind: 'messages',
    messages: [{ messageId: 'm', body: 'b' }],
  });
});

test.each([null, {}, { messageId: 'm' }, { body: 'b' }])('fails for the record %p', (record) => {
  expect(() => parseEvent({ Records: [record] })).toThrow('not an SQS event');
});

test('a waiting request comes back as it went', () => {
  const waiting = { request, startedAt: 5, state: { a: 1 } };
  expect(parseWaiting(JSON.stringify(waiting))).toEqual(waiting);
});

test.each(['{}', 'null', '{"startedAt":"5"}', '[]'])('fails for the waiting request %s', (body) => {
  expect(() => parseWaiting(body)).toThrow('not a waiting request');
});

test('fails for a waiting request without a request', () => {
  expect(() => parseWaiting('{"startedAt":5}')).toThrow('not a request of CloudFormation: not an object');
});

test('any input either passes whole or throws an Error', () => {
  fc.assert(
    fc.property(fc.anything(), (raw) => {
      try {
        const parsed = parseEvent(raw);
        expect(['request', 'messages']).toContain(parsed.kind);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    }),
  );
});
