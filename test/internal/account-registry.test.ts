import { Stack, Stage } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { knownInAccount } from '../../lib/internal/account-registry';
import { testApp } from '../support/app';

const HERE = { account: '111122223333', region: 'eu-west-1' };

test('an account and region is one place, whatever the stack', () => {
  const app = testApp();
  const first = new Stack(app, 'First', { env: HERE });
  const second = new Stack(new Stage(app, 'Stage'), 'Second', { env: HERE });
  const known = knownInAccount(new Construct(first, 'Below'), 'thing');
  known.set('a', 'First');
  expect(knownInAccount(second, 'thing')).toBe(known);
  expect(knownInAccount(second, 'other').size).toBe(0);
});

test.each([
  ['another account', { ...HERE, account: '444455556666' }],
  ['another region', { ...HERE, region: 'us-east-1' }],
  ['an account that is not known yet', { region: HERE.region }],
  ['a region that is not known yet', { account: HERE.account }],
])('%s is another place', (_name, env) => {
  const app = testApp();
  const known = knownInAccount(new Stack(app, 'First', { env: HERE }), 'thing');
  expect(knownInAccount(new Stack(app, 'Second', { env }), 'thing')).not.toBe(known);
});

test('a stack that may go anywhere is a place of its own', () => {
  const app = testApp();
  const stack = new Stack(app, 'First');
  expect(knownInAccount(stack, 'thing')).toBe(knownInAccount(new Construct(stack, 'Below'), 'thing'));
  expect(knownInAccount(new Stack(app, 'Second'), 'thing')).not.toBe(knownInAccount(stack, 'thing'));
});

test('another app is another world', () => {
  const known = knownInAccount(new Stack(testApp(), 'Stack', { env: HERE }), 'thing');
  expect(knownInAccount(new Stack(testApp(), 'Stack', { env: HERE }), 'thing')).not.toBe(known);
});
