import { Aws } from 'aws-cdk-lib';
import { QUOTAS, quotaOf, ratesFor } from '../../lib/internal/quotas';

test.each(['eu-north-1', 'us-gov-west-1', 'cn-northwest-1', 'us-west-1'])('%s has smaller quotas', (region) => {
  expect(quotaOf('AddThingToThingGroup', region)).toBe(60);
  expect(quotaOf('RemoveThingFromThingGroup', region)).toBe(50);
  expect(quotaOf('UpdateCertificate', region)).toBe(10);
});

test.each(['eu-west-1', 'us-east-1', 'us-west-12', Aws.REGION])('%s has those of most regions', (region) => {
  expect(quotaOf('AddThingToThingGroup', region)).toBe(100);
});

test('processes share them, and stay a little below', () => {
  for (const processes of [1, 2, 5]) {
    const rates = ratesFor('eu-west-1', processes);
    expect(Object.keys(rates)).toEqual(Object.keys(QUOTAS));
    for (const [call, rate] of Object.entries(rates)) {
      const quota = quotaOf(call as keyof typeof QUOTAS, 'eu-west-1');
      expect(rate * processes).toBeLessThan(quota);
      expect(rate * processes).toBeGreaterThan(quota * 0.95);
    }
  }
});
