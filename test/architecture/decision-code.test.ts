import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

interface Part {
  readonly code: string[];
  readonly tests: string[];
}
const root = join(__dirname, '../..');
// eslint-disable-next-line @typescript-eslint/no-require-imports -- jest and Stryker read it as CommonJS, and it has no types
const { parts, partsOf } = require('../../scripts/decision-code.cjs') as {
  parts: Record<string, Part>;
  partsOf: (patterns: string[]) => Part[];
};
const named = Object.values(parts).flatMap(({ code }) => code);

const handlers = readdirSync(join(root, 'lambda')).filter((name) => existsSync(join(root, 'lambda', name, 'index.ts')));

test.each(handlers)('what %s decides and parses is mutated, and its branches are counted', (handler) => {
  const files = ['decide', 'event', 'describe'].map((name) => `lambda/${handler}/${name}.ts`);
  expect(named).toEqual(expect.arrayContaining(files.filter((file) => existsSync(join(root, file)))));
});

test('every file that is named exists', () => {
  const files = named.filter((pattern) => !/[*!{]/.test(pattern));
  expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
});

test('every part has tests', () => {
  const tests = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' }).map((file) => `test/${file}`);
  const empty = Object.entries(parts).filter(
    ([, part]) => !tests.some((file) => part.tests.some((pattern) => new RegExp(pattern).test(file))),
  );
  expect(empty.map(([name]) => name)).toEqual([]);
});

test('a pattern chooses the parts that it touches', () => {
  expect(partsOf(['lambda/mitigate-device/decide.ts'])).toEqual([parts['lambda/mitigate-device']]);
  expect(partsOf(['lib/policy/**/*.ts', '!lib/policy/index.ts'])).toEqual([parts['lib/policy']]);
  expect(partsOf(['lambda/{mitigate-device,open-tunnel}/decide.ts'])).toContain(parts['lambda/open-tunnel']);
  expect(partsOf(named)).toEqual(Object.values(parts));
});
