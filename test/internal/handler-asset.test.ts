import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { stageHandler, stageText } from '../../lib/internal/handler-asset';
import { testApp } from '../support/app';

const HANDLER = 'attach-group-policies';

test.each([true, false])(
  'a handler is an asset by its content, the same in every stack (staged in place: %s)',
  (inPlace) => {
    const app = testApp({ 'aws:cdk:disable-asset-staging': inPlace });
    const [one, other] = ['A', 'B'].map((id) => stageHandler(new Stack(app, id), HANDLER));
    expect(one?.hash).toBe(other?.hash);
    expect(one?.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(one?.objectKey).toBe(`${one?.hash}.zip`);
    expect(existsSync(join(app.outdir, `asset.${one?.hash}`, 'index.js'))).toBe(!inPlace);
  },
);

test('a text is a file of the assembly', () => {
  const app = testApp();
  const stack = new Stack(app, 'A');
  const one = stageText(stack, 'serial', 'txt');
  expect(stageText(stack, 'serial', 'txt').objectKey).toBe(one.objectKey);
  expect(stageText(stack, 'other', 'txt').hash).not.toBe(one.hash);
  expect(readFileSync(join(app.outdir, `asset.${one.hash}.txt`), 'utf8')).toBe('serial');
});

test.each([true, false])('a handler may have texts beside its code (staged in place: %s)', (inPlace) => {
  const app = testApp({ 'aws:cdk:disable-asset-staging': inPlace });
  const stack = new Stack(app, 'A');
  const one = stageHandler(stack, HANDLER, { 'behaviors.json': '{}' });
  const folder = join(app.outdir, `asset.${one.hash}`);
  expect(readFileSync(join(folder, 'behaviors.json'), 'utf8')).toBe('{}');
  expect(existsSync(join(folder, 'index.js'))).toBe(true);
  expect(stageHandler(stack, HANDLER, { 'behaviors.json': '{}' }).hash).toBe(one.hash);
  expect(stageHandler(stack, HANDLER, { 'behaviors.json': '[]' }).hash).not.toBe(one.hash);
  expect(stageHandler(stack, HANDLER).hash).not.toBe(one.hash);
});
