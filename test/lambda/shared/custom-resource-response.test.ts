import * as fc from 'fast-check';
import type { CustomResourceRequest } from '../../../lambda/shared/custom-resource';
import { renderResponse } from '../../../lambda/shared/custom-resource-response';

const request: CustomResourceRequest = {
  RequestType: 'Create',
  RequestId: 'c1a2',
  ResponseURL: 'https://example.com',
  StackId: 'arn:aws:cloudformation:eu-west-1:111122223333:stack/Test/1',
  LogicalResourceId: 'Example',
  ResourceType: 'Custom::X',
  ResourceProperties: {},
};

test('success without attributes', () => {
  expect(JSON.parse(renderResponse(request, { status: 'SUCCESS', physicalId: 'p' }))).toEqual({
    Status: 'SUCCESS',
    PhysicalResourceId: 'p',
    StackId: request.StackId,
    RequestId: 'c1a2',
    LogicalResourceId: 'Example',
    Data: {},
  });
});

test('failure gives its reason whole when it fits, and always has one', () => {
  const reasonOf = (reason: string) =>
    (JSON.parse(renderResponse(request, { status: 'FAILED', physicalId: 'p', reason })) as { Reason: string }).Reason;
  expect(reasonOf('r'.repeat(3_000))).toBe('r'.repeat(3_000));
  expect(reasonOf('')).toBe('no reason was given');
});

test('a reason is cut where the body would be too long, at the last byte', () => {
  const body = renderResponse(request, { status: 'FAILED', physicalId: 'p', reason: 'r'.repeat(9_000) });
  expect(Buffer.byteLength(body)).toBe(4_096);
  expect((JSON.parse(body) as { Reason: string }).Reason).toMatch(/^r{3000,}… \(cut\)$/);
});

test('attributes that do not fit are a failure that says so, not a response that CloudFormation drops', () => {
  const fits = renderResponse(request, { status: 'SUCCESS', physicalId: 'p', data: { A: 'x'.repeat(3_800) } });
  expect(JSON.parse(fits)).toMatchObject({ Status: 'SUCCESS' });
  const tooLong = renderResponse(request, { status: 'SUCCESS', physicalId: 'p', data: { A: 'x'.repeat(4_096) } });
  expect(JSON.parse(tooLong)).toMatchObject({
    Status: 'FAILED',
    PhysicalResourceId: 'p',
    Reason: expect.stringMatching(/attributes take \d+ bytes and CloudFormation accepts 4096/),
  });
});

test('no reason, in any script, makes a body of more than 4,096 bytes or of broken JSON', () => {
  const text = fc.string({ unit: 'binary', minLength: 0, maxLength: 6_000, size: 'max' });
  fc.assert(
    fc.property(text, fc.string({ minLength: 1, maxLength: 255 }), (reason, physicalId) => {
      const body = renderResponse(request, { status: 'FAILED', physicalId, reason });
      expect(Buffer.byteLength(body)).toBeLessThanOrEqual(4_096);
      expect(JSON.parse(body)).toMatchObject({ Status: 'FAILED', PhysicalResourceId: physicalId });
    }),
    { numRuns: 200 },
  );
});
