import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Lazy } from 'aws-cdk-lib';
import { AllowList } from '../../lib/identity/allow-list';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zero-trust-iot-list-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(text: string | Buffer): string {
  const path = join(folder, 'serials.csv');
  writeFileSync(path, text);
  return path;
}

test('comes from a file', () => {
  const list = AllowList.fromFile(file('serial,model\r\nB-22,x\r\nA,x\r\n'));
  expect([list.serialCount, list._longest, list._render()]).toEqual([2, 4, 'A\nB-22\n']);
});

test('comes from code', () => {
  expect(AllowList.fromSerials(['B', 'A'])._render()).toBe('A\nB\n');
});

test('may be empty: an import of nothing', () => {
  expect([AllowList.empty().serialCount, AllowList.empty()._render()]).toEqual([0, '']);
  expect(AllowList.fromSerials([])._render()).toBe('');
});

test('may be managed outside: no import', () => {
  const list = AllowList.managedOutside();
  expect([list.serialCount, list._longest, list._render()]).toEqual([undefined, 0, undefined]);
});

test.each([
  ['is not there', () => join(folder, 'none.csv'), /got ".*none.csv" \(ENOENT\) \[AllowListUnreadable\]/],
  ['is a folder', () => folder, /\(EISDIR\) \[AllowListUnreadable\]/],
  ['is not text', () => file(Buffer.from([0xff, 0xfe, 0x41, 0x00])), /is not UTF-8 text.*AllowListUnreadable/],
  ['is a token', () => Lazy.string({ produce: () => 'x' }), /'path' must be known at synth.*AllowListUnreadable/],
  ['has a bad line', () => file('A\nB C\n'), /line 2 of .*serials.csv: got "B C".*AllowListInvalid/],
])('fails for a file that %s', (_, path, message) => {
  expect(() => AllowList.fromFile(path())).toThrow(message);
});

test('fails for tokens in a list', () => {
  expect(() => AllowList.fromSerials(['A', Lazy.string({ produce: () => 'x' })])).toThrow(
    /item 2 is a token.*AllowListInvalid/,
  );
  expect(() => AllowList.fromSerials(Lazy.list({ produce: () => ['x'] }))).toThrow(/must be known at synth/);
});
